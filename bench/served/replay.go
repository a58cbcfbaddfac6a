package served

import (
	"fmt"
	"net/http"
	"net/http/httptest"
)

// A replay is the bare handler: it answers everything with the bytes and headers
// that invd gave once.
type replay struct {
	code   int
	header []member
	body   []byte
}

type member struct {
	name  string
	value []string
}

// replayOf asks h, with a header line if it is not "".
func replayOf(h http.Handler, path, header, value string) (*replay, error) {
	w, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
	if header != "" {
		request.Header.Set(header, value)
	}
	h.ServeHTTP(w, request)
	if w.Code >= http.StatusBadRequest {
		return nil, fmt.Errorf("%s: %d %s", path, w.Code, w.Body)
	}
	r := &replay{code: w.Code, body: w.Body.Bytes()}
	for name, value := range w.Header() {
		r.header = append(r.header, member{name, value})
	}
	return r, nil
}

func (a *replay) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	for i := range a.header {
		h[a.header[i].name] = a.header[i].value
	}
	w.WriteHeader(a.code)
	if len(a.body) > 0 {
		_, _ = w.Write(a.body) // the reader has gone; there is nobody to tell
	}
}
