package main

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// A canary is a secret that is easy to find wherever it gets to, whole or in part.
type canary string

func newCanary() canary { return canary(rand.Text() + rand.Text()) }

// needles are the forms in which it may have been written: its halves, and the encodings
// of the whole that do not hold these as they are.
func (c canary) needles() [][]byte {
	s := []byte(c)
	return [][]byte{
		s[:len(s)/2], s[len(s)/2:],
		[]byte(base64.StdEncoding.EncodeToString(s)[:24]), []byte(hex.EncodeToString(s)[:24]),
	}
}

// A hunt is where canaries were looked for, and where they were found.
type hunt struct {
	t        *testing.T
	canaries []canary
	places   int
	bytes    int
	found    []string
}

// search looks into a text, and into what it unpacks to.
func (h *hunt) search(place string, text []byte) {
	h.places++
	h.bytes += len(text)
	if r, err := gzip.NewReader(bytes.NewReader(text)); err == nil {
		unpacked, _ := io.ReadAll(r) // as much as there is
		text = append(bytes.Clone(text), unpacked...)
	}
	for _, c := range h.canaries {
		for _, needle := range c.needles() {
			if at := bytes.Index(text, needle); at >= 0 {
				h.found = append(h.found, fmt.Sprintf("%s: %q", place, text[max(at-80, 0):min(at+80, len(text))]))
				break
			}
		}
	}
}

// searchFolder looks into every file of a folder but those that except names.
func (h *hunt) searchFolder(folder string, except ...string) {
	h.t.Helper()
	if err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		for _, name := range except {
			if d.Name() == name {
				return nil
			}
		}
		text, err := os.ReadFile(path)
		h.search(path, text)
		return err
	}); err != nil {
		h.t.Fatal(err)
	}
}

// A babbler is a partner that puts the key it is sent wherever it can: in bodies,
// headers and status lines, and in where it redirects to. Each product is spoilt in a way
// of its own; the others are closed.
type babbler struct {
	key     canary
	refuses atomic.Bool  // every key
	heard   atomic.Int64 // requests with the right key
	strayed atomic.Int64 // requests that a redirect led to
}

// babble is how a product is spoilt.
var babble = map[string]func(w http.ResponseWriter, key string){
	"17": func(w http.ResponseWriter, key string) {
		w.Header().Set("Location", "/elsewhere?key="+key)
		http.Error(w, key, http.StatusFound)
	},
	"18": func(w http.ResponseWriter, key string) { http.Error(w, "no such key: "+key, http.StatusBadGateway) },
	"19": func(w http.ResponseWriter, key string) {
		w.Header().Set("Retry-After", "1")
		http.Error(w, `{"error": "`+key+`", "rateLimitState": {"reset": "`+key+`"}}`, http.StatusTooManyRequests)
	},
	"20": func(w http.ResponseWriter, key string) { fmt.Fprintf(w, `[{"%s": %s]`, key, key) },
	"21": func(w http.ResponseWriter, key string) {
		fmt.Fprintf(w, `[{"startDate": %[1]q, "startTime": %[1]q, "remaining": %[1]q, "providerSlotId": %[1]q, "currencyCode": %[1]q, "paxAvailability": %[1]q}]`, key)
	},
	"22": func(w http.ResponseWriter, key string) { cutOff(w, "HTTP/1.1 "+key+"\r\n\r\n") },
	"23": func(w http.ResponseWriter, key string) { cutOff(w, "HTTP/1.1 200 OK\r\n"+key+"\r\n\r\n") },
	"24": func(w http.ResponseWriter, key string) {
		w.Header().Set("Content-Encoding", "gzip")
		fmt.Fprint(w, key)
	},
	"25": func(w http.ResponseWriter, key string) {
		cutOff(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"+key+"\r\n")
	},
	// Package net/http tells the standard logger of what comes behind an answer.
	"26": func(w http.ResponseWriter, key string) {
		cutOff(w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"+key)
	},
}

// cutOff answers with exactly this text.
func cutOff(w http.ResponseWriter, text string) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(c, text) // the client may have gone
	_ = c.Close()
}

func (b *babbler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("x-api-key")
	if key == string(b.key) {
		b.heard.Add(1)
	}
	if strings.HasPrefix(r.URL.Path, "/elsewhere") {
		b.strayed.Add(1)
	}
	w.Header().Set("X-Echo", key)
	id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	switch spoil := babble[id]; {
	case b.refuses.Load():
		w.Header().Set("WWW-Authenticate", "Key "+key)
		http.Error(w, "unknown key "+key, http.StatusUnauthorized)
	case spoil != nil:
		spoil(w, key)
	default:
		fmt.Fprint(w, "[]")
	}
}
