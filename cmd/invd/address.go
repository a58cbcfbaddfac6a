package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// An address is the value of a flag that says where to listen. As a pflag.Value it is
// read before anything is opened: one that no system could bind is a wrong command
// line, one that this system cannot bind is a failure.
type address string

// Set takes HOST:PORT, of which HOST may be empty: every interface.
func (a *address) Set(text string) error {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return errors.New("want HOST:PORT, as 127.0.0.1:8080 or :8080")
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return fmt.Errorf("port %q: want 0 to 65535, where 0 is any that is free", port)
	}
	if _, err := netip.ParseAddr(host); err != nil && (strings.Trim(host, ".0123456789") == "" && host != "" || strings.ContainsAny(host, " /:")) {
		return fmt.Errorf("host %q: want an IP address, a name or nothing", host)
	}
	*a = address(text)
	return nil
}

// String returns what Set took.
func (a *address) String() string { return string(*a) }

// Type is what the help shows.
func (a *address) Type() string { return "HOST:PORT" }
