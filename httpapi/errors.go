package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The messages that readers rely on.
const (
	badID         = "Invalid product id"
	badDate       = "Invalid or missing date parameter"
	badMaxAge     = "Invalid max_age parameter"
	badWait       = "Invalid wait parameter"
	noSlots       = "No slots available for the given product and date"
	noDates       = "No available dates found"
	internalError = "Internal server error"
)

// Header values that never change.
var (
	jsonType  = []string{"application/json; charset=utf-8"}
	textType  = []string{"text/plain; charset=utf-8"}
	nosniff   = []string{"nosniff"}
	noStore   = []string{"no-store"}
	gzipped   = []string{"gzip"}
	varies    = []string{"Accept-Encoding, Origin"}
	anyOrigin = []string{"*"}
)

// maxEcho bounds what of a request an error repeats, in bytes.
const maxEcho = 200

// writeError answers {"statusCode":404,"message":"…"}, the form that readers of
// the service this one replaces know.
func writeError(w http.ResponseWriter, code int, message string) {
	b := errorBody(code, message)
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(b))}
	h["X-Content-Type-Options"] = nosniff
	if h["Cache-Control"] == nil {
		h["Cache-Control"] = noStore
	}
	w.WriteHeader(code)
	_, _ = w.Write(b) // the reader has gone; there is nobody to tell
}

func errorBody(code int, message string) []byte {
	b := append(make([]byte, 0, 64+len(message)), `{"statusCode":`...)
	b = strconv.AppendInt(b, int64(code), 10)
	b = append(b, `,"message":`...)
	b = appendString(b, message)
	return append(b, '}')
}

func notFound(w http.ResponseWriter, r *http.Request) {
	writeError(w, http.StatusNotFound, "Cannot "+echo(r.Method)+" "+echo(r.URL.Path))
}

// methodNotAllowed answers 405. The router's Allow lists OPTIONS always, true or
// not.
func methodNotAllowed(options bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if h := w.Header(); !options {
			allow := strings.ReplaceAll(h.Get("Allow"), ", OPTIONS", "")
			h.Set("Allow", strings.TrimPrefix(allow, "OPTIONS, "))
		}
		writeError(w, http.StatusMethodNotAllowed, "Method Not Allowed")
	})
}

// echo returns the part of s that an answer may repeat.
func echo(s string) string {
	if len(s) <= maxEcho {
		return s
	}
	n := maxEcho
	for n > maxEcho-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
