package served

import (
	"fmt"
	"net/http"
	"net/http/httptest"
)

// A replay is the bare handler: it answers everything with the bytes and headers
// that invd gave once.
type replay struct {
	header []member
	body   []byte
}

type member struct {
	name  string
	value []string
}

// replayOf asks h.
func replayOf(h http.Handler, path string) (*replay, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		return nil, fmt.Errorf("%s: %d %s", path, w.Code, w.Body)
	}
	r := &replay{body: w.Body.Bytes()}
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
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(a.body) // the reader has gone; there is nobody to tell
}
