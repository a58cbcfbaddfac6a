package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"invd/engine/inventory"
	"invd/engine/partner"
)

// A witness stands between a daemon and its partner and notes every answer that
// makes sense: the starts and places of each, by key.
type witness struct {
	inner http.RoundTripper

	mu    sync.Mutex
	given map[inventory.Key]map[string]bool
}

func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.inner.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	id, err := strconv.ParseInt(path.Base(r.URL.Path), 10, 64)
	date, err2 := inventory.ParseDate(r.URL.Query().Get("date"))
	if err != nil || err2 != nil {
		return nil, fmt.Errorf("asked for %s", r.URL)
	}
	k := inventory.Key{Product: inventory.ProductID(id), Date: date}
	resp.Body = &overheard{ReadCloser: resp.Body, done: func(body []byte) { w.note(k, body) }}
	return resp, nil
}

func (w *witness) note(k inventory.Key, body []byte) {
	a, _, err := partner.Decode(k, body)
	if err != nil {
		return
	}
	var lines []string
	for i := range a.Slots {
		lines = append(lines, fmt.Sprintf("%s %d", a.Slots[i].Start, a.Slots[i].Remaining))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.given[k] == nil {
		w.given[k] = map[string]bool{}
	}
	w.given[k][fingerprint(lines)] = true
}

// gave reports whether the partner ever answered so.
func (w *witness) gave(k inventory.Key, print string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.given[k][print]
}

func fingerprint(lines []string) string {
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// served is the fingerprint of what a reader was given.
func served(body []byte) (string, error) {
	var answer struct {
		Data []struct {
			StartTime string
			Remaining int64
		}
	}
	err := json.Unmarshal(body, &answer)
	var lines []string
	for _, s := range answer.Data {
		lines = append(lines, fmt.Sprintf("%s %d", s.StartTime, s.Remaining))
	}
	return fingerprint(lines), err
}

// overheard is a body whose reader is listened to.
type overheard struct {
	io.ReadCloser
	heard bytes.Buffer
	done  func(body []byte)
}

func (o *overheard) Read(p []byte) (int, error) {
	n, err := o.ReadCloser.Read(p)
	o.heard.Write(p[:n])
	return n, err
}

func (o *overheard) Close() error {
	o.done(o.heard.Bytes())
	return o.ReadCloser.Close()
}
