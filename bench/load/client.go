//go:build linux

package load

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Client has keep-alive connections to one server. Make one with Dial. One
// goroutine at a time may use it.
type Client struct {
	poll     int // epoll's descriptor
	conns    []conn
	requests [][]byte // sent in turn, over and over
	next     int      // index of the request that is sent next
	want     int      // status code
	events   []unix.EpollEvent
}

// Dial opens so many connections to addr. They will send the requests, complete
// with their empty lines, in turn, and take any status but want for an error.
func Dial(addr string, conns int, requests [][]byte, want int) (_ *Client, err error) {
	if conns < 1 || len(requests) == 0 {
		return nil, errors.New("load: no connections or no requests")
	}
	to, err := resolve(addr)
	if err != nil {
		return nil, err
	}
	c := &Client{requests: requests, want: want, events: make([]unix.EpollEvent, conns)}
	if c.poll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	for i := range conns {
		fd, err := connect(to)
		if err == nil {
			c.conns = append(c.conns, conn{fd: fd, buf: make([]byte, 64<<10)})
			err = unix.EpollCtl(c.poll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(i)})
		}
		if err != nil {
			c.Close()
			return nil, fmt.Errorf("connect to %s: %w", addr, err)
		}
	}
	return c, nil
}

func resolve(addr string) (*unix.SockaddrInet4, error) {
	a, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		return nil, err
	}
	if !a.IP.IsLoopback() {
		return nil, fmt.Errorf("load: %s is not on this machine", addr)
	}
	return &unix.SockaddrInet4{Port: a.Port, Addr: [4]byte(a.IP.To4())}, nil
}

func connect(to *unix.SockaddrInet4) (fd int, err error) {
	if fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return -1, err
	}
	err = unix.Connect(fd, to)
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		_ = unix.Close(fd)
	}
	return fd, err
}

// Close closes the connections.
func (c *Client) Close() {
	for i := range c.conns {
		_ = unix.Close(c.conns[i].fd)
	}
	_ = unix.Close(c.poll)
}

// send sends the next request on a connection that has none out.
func (c *Client) send(to *conn) error {
	request := c.requests[c.next]
	if c.next++; c.next == len(c.requests) {
		c.next = 0
	}
	to.read, to.size = 0, 0
	n, err := unix.Write(to.fd, request)
	if err == nil && n < len(request) {
		err = errors.New("a request did not fit into the socket's buffer")
	}
	return err
}

// receive reads what has come, and reports whether the answer is complete.
func (c *Client) receive(from *conn) (bool, error) {
	for {
		n, err := unix.Read(from.fd, from.buf[from.read:])
		switch {
		case errors.Is(err, syscall.EAGAIN):
			return false, nil
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil:
			return false, os.NewSyscallError("read", err)
		case n == 0:
			return false, errors.New("the server closed a connection")
		}
		from.read += n
		return from.complete(c.want)
	}
}

// wait fills events with what can be read; timeout is in milliseconds, as epoll's.
func (c *Client) wait(timeout int) ([]unix.EpollEvent, error) {
	for {
		n, err := unix.EpollWait(c.poll, c.events, timeout)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		return c.events[:max(n, 0)], os.NewSyscallError("epoll_wait", err)
	}
}
