package sim

import (
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	dripEvery = time.Second     // between the bytes of "drip"
	lateBy    = 5 * time.Second // what "late" adds to the latency
)

// wireFaults spoil how an answer is sent.
var wireFaults = []behaviour{
	{
		name: "html200", about: "200 with a page of HTML", status: http.StatusOK,
		serve: func(x *exchange) { x.typed("text/html; charset=utf-8", []byte(errorPage)) },
	},
	{
		name: "wrong-content-type", about: "good JSON that is declared to be HTML", status: http.StatusOK,
		serve: func(x *exchange) { x.typed("text/html; charset=utf-8", x.body) },
	},
	{name: "hang", about: "no answer at all", serve: func(x *exchange) { x.hang() }},
	{name: "hang-after-headers", about: "headers, then nothing", serve: func(x *exchange) {
		x.begin(max(1, len(x.body)), nil) // those of no bytes would be an answer
		x.hang()
	}},
	{name: "drip", about: "one byte a second", status: http.StatusOK, serve: func(x *exchange) {
		x.begin(len(x.body), nil)
		for i := range x.body {
			if !sleep(x.r.Context(), dripEvery) {
				panic(http.ErrAbortHandler)
			}
			x.send(x.body[i : i+1])
		}
	}},
	{name: "drip-headers", about: "headers at one byte a second", serve: func(x *exchange) { x.dripHeaders() }},
	{name: "late", about: "a good answer 5 seconds late", status: http.StatusOK, serve: func(x *exchange) {
		if !sleep(x.r.Context(), lateBy) {
			panic(http.ErrAbortHandler)
		}
		x.json(http.StatusOK, x.body)
	}},
	{name: "drop", about: "the connection ends before any answer", serve: func(*exchange) { panic(http.ErrAbortHandler) }},
	{name: "cut", about: "the connection ends in the middle of the body", serve: func(x *exchange) {
		x.begin(len(x.body), x.body[:len(x.body)/2])
		panic(http.ErrAbortHandler)
	}},
	{name: "cut-chunked", about: "a chunked body without its last chunk", serve: func(x *exchange) {
		x.begin(-1, x.body[:len(x.body)/2])
		panic(http.ErrAbortHandler)
	}},
	{name: "reset", about: "the connection is reset in the middle of the body", serve: func(x *exchange) {
		x.rawReset("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "+strconv.Itoa(len(x.body))+"\r\n\r\n", x.body[:len(x.body)/2])
	}},
	{name: "chunk-garbage", about: "a chunked body whose second chunk has no size", serve: func(x *exchange) {
		half := len(x.body) / 2
		x.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"+
			strconv.FormatInt(int64(half), 16)+"\r\n", append(x.body[:half:half], "\r\nsize\r\n"...))
	}},
	{name: "cut-unframed", about: "half a body that ends with the connection, as if whole", serve: func(x *exchange) {
		x.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n", x.body[:len(x.body)/2])
	}},
	{name: "length-short", about: "Content-Length is half of the body", serve: func(x *exchange) {
		x.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "+
			strconv.Itoa(len(x.body)/2)+"\r\n\r\n", x.body)
	}},
	{name: "two-lengths", about: "two Content-Lengths that differ", serve: func(x *exchange) {
		n := len(x.body)
		x.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "+strconv.Itoa(n)+"\r\nContent-Length: "+
			strconv.Itoa(n/2)+"\r\n\r\n", x.body)
	}},
	{name: "two-answers", about: "a second answer behind the good one, that nobody asked for", serve: func(x *exchange) {
		good := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(x.body)) + "\r\n\r\n" + string(x.body)
		x.raw(good+"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]", nil)
	}},
	{name: "length-invalid", about: "Content-Length is a word", serve: func(x *exchange) {
		x.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: some\r\n\r\n", x.body)
	}},
	{name: "bad-header", about: "a header line without a colon", serve: func(x *exchange) {
		x.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nwhat is this\r\nContent-Length: "+
			strconv.Itoa(len(x.body))+"\r\n\r\n", x.body)
	}},
	{name: "not-http", about: "something that is not HTTP", serve: func(x *exchange) {
		x.raw("220 mail.partner.example ESMTP\r\n", nil)
	}},
}

func (x *exchange) typed(contentType string, body []byte) {
	x.w.Header().Set("Content-Type", contentType)
	x.w.WriteHeader(http.StatusOK)
	_, _ = x.w.Write(body) // if the client went away there is nobody to tell
}

// begin sends the headers of a body of length bytes and the first part of it. A
// negative length is left out, which makes the body chunked.
func (x *exchange) begin(length int, part []byte) {
	x.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if length >= 0 {
		x.w.Header().Set("Content-Length", strconv.Itoa(length))
	}
	x.w.WriteHeader(http.StatusOK)
	x.send(part)
}

func (x *exchange) send(part []byte) {
	_, _ = x.w.Write(part)                      // if the client went away
	_ = http.NewResponseController(x.w).Flush() // there is nobody to tell
}

// hang keeps the connection until the client gives up or the server closes.
func (x *exchange) hang() {
	<-x.r.Context().Done()
	panic(http.ErrAbortHandler)
}

// raw sends bytes that net/http would not, and ends the connection.
func (x *exchange) raw(head string, body []byte) {
	conn := x.hijack()
	_, _ = conn.Write(append([]byte(head), body...)) // as in send
	_ = conn.Close()
}

// rawReset is raw with a TCP reset as the end; on a connection in memory it is raw.
func (x *exchange) rawReset(head string, body []byte) {
	conn := x.hijack()
	_, _ = conn.Write(append([]byte(head), body...)) // as in send
	if tcp, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
		_ = tcp.SetLinger(0) // or the client sees an ordinary end
	}
	_ = conn.Close()
}

// dripHeaders sends an answer whose headers take hours, until the client gives up. The
// request's context ended with the hijacking: a read tells that the client is gone, and
// its deadline is the pause between two bytes.
func (x *exchange) dripHeaders() {
	conn := x.hijack()
	defer conn.Close()
	head := "HTTP/1.1 200 OK\r\nX-Slow: " + strings.Repeat("s", 10_000) + "\r\n"
	for i := range len(head) {
		if _, err := conn.Write([]byte{head[i]}); err != nil {
			return
		}
		if err := conn.SetReadDeadline(time.Now().Add(dripEvery)); err != nil {
			return
		}
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			return
		}
	}
}

func (x *exchange) hijack() net.Conn {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil { // not a connection of HTTP/1
		panic(http.ErrAbortHandler)
	}
	return conn
}
