//go:build linux

package load

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// A conn is a connection and the answer that is coming in on it.
type conn struct {
	fd   int
	buf  []byte
	read int // bytes of the answer in buf
	size int // of the whole answer; 0: not known yet
}

var (
	headEnd       = []byte("\r\n\r\n")
	contentLength = []byte("\r\nContent-Length: ")
)

// complete reports whether all of the answer is there. Its status must be want.
// An answer without a Content-Length must have no body: none of our servers sends
// chunks.
func (c *conn) complete(want int) (bool, error) {
	if c.size == 0 {
		if done, err := c.head(want); !done {
			return false, err
		}
	}
	switch {
	case c.read < c.size:
		return false, nil
	case c.read > c.size:
		return false, errors.New("more came than was asked for")
	}
	return true, nil
}

// head finds out the answer's size once its head is there.
func (c *conn) head(want int) (bool, error) {
	got := c.buf[:c.read]
	end := bytes.Index(got, headEnd)
	if end < 0 {
		return false, nil
	}
	const codeAt = len("HTTP/1.1 ")
	if code, err := strconv.Atoi(string(got[min(codeAt, end):min(codeAt+3, end)])); err != nil || code != want {
		return false, fmt.Errorf("want status %d: %.300s", want, got)
	}
	body := 0
	if i := bytes.Index(got[:end], contentLength); i >= 0 {
		for _, digit := range got[i+len(contentLength) : end] {
			if digit < '0' || digit > '9' {
				break
			}
			body = 10*body + int(digit-'0')
		}
	}
	c.size = end + len(headEnd) + body
	if c.size > len(c.buf) {
		return false, fmt.Errorf("an answer of %d bytes", c.size)
	}
	return true, nil
}
