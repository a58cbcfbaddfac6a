package sim

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// maxUnread is how many bytes a direction of a connection holds before writers
// wait for the reader, like a socket buffer.
const maxUnread = 64 << 10

// A flow is bytes in one direction, with a buffer in between: unlike with
// net.Pipe, a small request or answer is written without waiting for the other
// side to read. It blocks on a sync.Cond alone, which testing/synctest counts
// as idle.
type flow struct {
	mu sync.Mutex
	// changed is signalled whenever a waiting reader or writer may go on.
	changed sync.Cond

	buf      []byte // buf[off:] is unread
	off      int
	ended    bool // the writer is gone: read what is left, then io.EOF
	unwanted bool // the reader is gone: writing fails
	read     deadline
	write    deadline
}

// A deadline is guarded by its flow's mutex.
type deadline struct {
	timer   *time.Timer
	expired bool
}

func newFlow() *flow {
	f := &flow{}
	f.changed.L = &f.mu
	return f
}

func (f *flow) Read(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		switch {
		case f.unwanted:
			return 0, net.ErrClosed
		case f.read.expired:
			return 0, os.ErrDeadlineExceeded
		case len(b) == 0:
			return 0, nil
		case f.off < len(f.buf):
			n := copy(b, f.buf[f.off:])
			if f.off += n; f.off == len(f.buf) {
				f.buf, f.off = f.buf[:0], 0
			}
			f.changed.Broadcast()
			return n, nil
		case f.ended:
			return 0, io.EOF
		}
		f.changed.Wait()
	}
}

func (f *flow) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	written := 0
	for {
		switch {
		case f.ended:
			return written, net.ErrClosed
		case f.unwanted:
			return written, io.ErrClosedPipe
		case f.write.expired:
			return written, os.ErrDeadlineExceeded
		}
		if room := maxUnread - (len(f.buf) - f.off); room > 0 && len(b) > 0 {
			if f.off > 0 {
				f.buf = f.buf[:copy(f.buf, f.buf[f.off:])]
				f.off = 0
			}
			n := min(room, len(b))
			f.buf = append(f.buf, b[:n]...)
			b = b[n:]
			written += n
			f.changed.Broadcast()
		}
		if len(b) == 0 {
			return written, nil
		}
		f.changed.Wait()
	}
}

// end closes the writer's side, abandon the reader's.
func (f *flow) end()     { f.close(&f.ended, &f.write) }
func (f *flow) abandon() { f.close(&f.unwanted, &f.read) }

func (f *flow) close(side *bool, d *deadline) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*side = true
	d.stop()
	f.changed.Broadcast()
}

// set moves a deadline of the flow; the zero time takes it away.
func (f *flow) set(d *deadline, side *bool, t time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if *side {
		return net.ErrClosed
	}
	d.stop()
	d.expired = false
	if t.IsZero() {
		return nil
	}
	wait := time.Until(t)
	if wait <= 0 {
		d.expired = true
		f.changed.Broadcast()
		return nil
	}
	var timer *time.Timer
	timer = time.AfterFunc(wait, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if d.timer == timer { // not moved since
			d.expired = true
			f.changed.Broadcast()
		}
	})
	d.timer = timer
	return nil
}

func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}
