package httpapi

import (
	"net/http"
	"strconv"

	"github.com/julienschmidt/httprouter"
)

// spec answers /openapi.json with one of package openapi's documents.
func spec(document []byte) httprouter.Handle {
	length := []string{strconv.Itoa(len(document))}
	return func(w http.ResponseWriter, _ *http.Request, _ httprouter.Params) {
		h := w.Header()
		h["Content-Type"] = jsonType
		h["Content-Length"] = length
		h["X-Content-Type-Options"] = nosniff
		_, _ = w.Write(document) // the reader has gone; there is nobody to tell
	}
}
