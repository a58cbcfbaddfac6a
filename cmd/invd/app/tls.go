package app

import (
	"crypto/tls"
	"net"
	"sync/atomic"
	"time"
)

// A tlsSwitch says what connections of a listener begin with: TLS, once there is a
// certificate. A reload may use another one at any time; connections that are open
// stay as they are.
type tlsSwitch struct {
	config atomic.Pointer[tls.Config] // nil: plain HTTP
}

// use puts a certificate in force for connections to come; nil: plain HTTP.
func (s *tlsSwitch) use(certificate *tls.Certificate) {
	if certificate == nil {
		s.config.Store(nil)
		return
	}
	s.config.Store(&tls.Config{
		Certificates: []tls.Certificate{*certificate},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"http/1.1"}, // what plain connections speak too
	})
}

// over returns l with the switch before it. The server makes the handshake, in the
// time it has for headers.
func (s *tlsSwitch) over(l net.Listener) net.Listener { return switchedListener{l, s} }

type switchedListener struct {
	net.Listener
	tls *tlsSwitch
}

func (l switchedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if config := l.tls.config.Load(); config != nil {
		return tls.Server(c, config), nil
	}
	return c, nil
}

// useCertificates puts both listeners' certificates in force.
func (d *daemon) useCertificates(s *secrets) {
	d.publicTLS.use(s.public)
	d.adminTLS.use(s.admin)
	d.metrics.SetCertificates(expiry(s.public), expiry(s.admin))
}

// expiry is the zero time without a certificate.
func expiry(c *tls.Certificate) (t time.Time) {
	if c != nil {
		t = c.Leaf.NotAfter
	}
	return t
}
