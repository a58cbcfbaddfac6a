package sim

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Listen returns a listener and the function that connects to it, whatever
// network and address it is given, for http.Server and http.Transport. Both
// ends stay in memory, honour deadlines, and may be used inside a testing/
// synctest bubble if Listen is called there.
//
// dial waits until the server accepts; it fails when ctx ends or the listener
// is closed. Closing the listener leaves accepted connections alone, which is
// the server's to close.
func Listen() (l net.Listener, dial func(ctx context.Context, network, addr string) (net.Conn, error)) {
	ml := &memoryListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	return ml, ml.dial
}

var errRefused = errors.New("connection refused")

type memoryListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once // closes closed
	ports  atomic.Uint32
}

func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.Addr(), Err: net.ErrClosed}
	}
}

func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is an address like any other, for logs and for net.SplitHostPort. It is
// of the block that RFC 5737 keeps for documentation.
func (l *memoryListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }

func (l *memoryListener) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	port := 1024 + int(l.ports.Add(1)%60_000)
	client, server := connect(&net.TCPAddr{IP: net.IPv4(192, 0, 2, 2), Port: port}, l.Addr())
	fail := func(err error) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: l.Addr(), Err: err}
	}
	select {
	case <-l.closed: // even if somebody still accepts
		return fail(errRefused)
	default:
	}
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return fail(errRefused)
	case <-ctx.Done():
		return fail(ctx.Err())
	}
}

// A conn is one end of a connection.
type conn struct {
	in, out       *flow
	local, remote net.Addr
}

func connect(a, b net.Addr) (*conn, *conn) {
	ab, ba := newFlow(), newFlow()
	return &conn{in: ba, out: ab, local: a, remote: b}, &conn{in: ab, out: ba, local: b, remote: a}
}

func (c *conn) Read(b []byte) (int, error)  { return c.in.Read(b) }
func (c *conn) Write(b []byte) (int, error) { return c.out.Write(b) }
func (c *conn) LocalAddr() net.Addr         { return c.local }
func (c *conn) RemoteAddr() net.Addr        { return c.remote }

// Close ends both directions. What was written can still be read by the other
// side.
func (c *conn) Close() error {
	c.out.end()
	c.in.abandon()
	return nil
}

func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

func (c *conn) SetReadDeadline(t time.Time) error {
	return c.in.set(&c.in.read, &c.in.unwanted, t)
}

func (c *conn) SetWriteDeadline(t time.Time) error {
	return c.out.set(&c.out.write, &c.out.ended, t)
}
