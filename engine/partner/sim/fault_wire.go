package sim

import (
	"net/http"
	"strconv"
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
		x.begin(len(x.body), nil)
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
	{name: "cut-unframed", about: "half a body that ends with the connection, as if whole", serve: func(x *exchange) {
		x.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n", x.body[:len(x.body)/2])
	}},
	{name: "length-short", about: "Content-Length is half of the body", serve: func(x *exchange) {
		x.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "+
			strconv.Itoa(len(x.body)/2)+"\r\n\r\n", x.body)
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
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil { // not a connection of HTTP/1
		panic(http.ErrAbortHandler)
	}
	_, _ = conn.Write(append([]byte(head), body...)) // as in send
	_ = conn.Close()
}
