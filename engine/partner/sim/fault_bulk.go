package sim

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

// bulkFaults answer with too much, or packed in ways that hide how much it is.
var bulkFaults = []behaviour{
	{name: "huge", about: "9 MiB of good JSON", edit: func(_ *exchange, body []byte) []byte {
		return append(bytes.Repeat([]byte{' '}, 9<<20), body...)
	}},
	{name: "million-elements", about: "a list of a million zeros", edit: func(*exchange, []byte) []byte {
		return []byte("[0" + strings.Repeat(",0", 999_999) + "]")
	}},
	slots("many-slots", "a slot without pax 100,000 times", func(_ *exchange, s [][]byte) [][]byte {
		small := rewrite(s[0], `"paxAvailability":`, once, to("[]"))
		many := make([][]byte, 100_000)
		for i := range many {
			many[i] = small
		}
		return many
	}),
	{
		name: "endless", about: "white space for as long as anybody reads, up to 1 GiB", status: http.StatusOK,
		serve: func(x *exchange) {
			x.w.Header().Set("Content-Type", "application/json")
			chunk := bytes.Repeat([]byte{' '}, 64<<10)
			for range 1 << 30 / len(chunk) {
				if _, err := x.w.Write(chunk); err != nil || x.r.Context().Err() != nil {
					return
				}
			}
		},
	},
	{
		name: "gzip", about: "a good answer in gzip, asked for or not", status: http.StatusOK,
		serve: func(x *exchange) { x.gzipped(pack(x.body)) },
	},
	{
		name: "gzip-nested", about: "gzip in gzip, declared once", status: http.StatusOK,
		serve: func(x *exchange) { x.gzipped(pack(pack(x.body))) },
	},
	{
		name: "gzip-truncated", about: "gzip that stops half way", status: http.StatusOK,
		serve: func(x *exchange) {
			packed := pack(x.body)
			x.gzipped(packed[:len(packed)/2])
		},
	},
	{
		name: "gzip-false", about: "JSON that is declared to be gzip", status: http.StatusOK,
		serve: func(x *exchange) { x.gzipped(x.body) },
	},
	{
		name: "gzipbomb", about: "good JSON of 32 MiB in 32 kB of gzip", status: http.StatusOK,
		serve: func(x *exchange) { x.gzipped(bomb()) },
	},
	{
		name: "many-headers", about: "10,000 headers", status: http.StatusOK,
		serve: func(x *exchange) {
			for range 10_000 {
				x.w.Header().Add("X-Many", "header")
			}
			x.json(http.StatusOK, x.body)
		},
	},
	{
		name: "huge-header", about: "a header of 2 MiB", status: http.StatusOK,
		serve: func(x *exchange) {
			x.w.Header().Set("X-Huge", strings.Repeat("h", 2<<20))
			x.json(http.StatusOK, x.body)
		},
	},
	{
		name: "1xx-storm", about: "200 informational answers before the good one", status: http.StatusOK,
		serve: func(x *exchange) {
			x.w.Header().Set("Link", "</style.css>; rel=preload")
			for range 200 {
				x.w.WriteHeader(http.StatusEarlyHints)
			}
			x.json(http.StatusOK, x.body)
		},
	},
}

// bomb is a list with nothing in it but 32 MiB of white space.
var bomb = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	blank := bytes.Repeat([]byte{' '}, 1<<20)
	_, _ = z.Write([]byte{'['}) // a bytes.Buffer takes everything
	for range 32 {
		_, _ = z.Write(blank)
	}
	_, _ = z.Write([]byte{']'})
	_ = z.Close()
	return b.Bytes()
})

func pack(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body) // a bytes.Buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

func (x *exchange) gzipped(packed []byte) {
	x.w.Header().Set("Content-Encoding", "gzip")
	x.json(http.StatusOK, packed)
}
