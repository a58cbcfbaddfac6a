package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner"
)

// A witness stands in the partner's process and notes what goes out: which keys were
// asked for and when, and every answer that makes sense.
type witness struct {
	partner http.Handler

	mu    sync.Mutex
	asked map[inventory.Key]time.Time // last
	given map[inventory.Key]map[string]bool
}

func (w *witness) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	id, err := inventory.ParseProductID(path.Base(r.URL.Path))
	date, err2 := inventory.ParseDate(r.URL.Query().Get("date"))
	k := inventory.Key{Product: id, Date: date}
	w.mu.Lock()
	if err == nil && err2 == nil {
		w.asked[k] = time.Now()
	}
	w.mu.Unlock()
	heard := &heard{ResponseWriter: rw}
	defer func() { w.note(k, heard.answer()) }() // also of a handler that panics to cut the connection
	w.partner.ServeHTTP(heard, r)
}

func (w *witness) note(k inventory.Key, body []byte) {
	print, err := fingerprintOf(k, body)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.given[k] == nil {
		w.given[k] = map[string]bool{}
	}
	w.given[k][print] = true
}

// gave reports whether the partner ever answered so.
func (w *witness) gave(k inventory.Key, print string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.given[k][print]
}

func (w *witness) lastAsked(k inventory.Key) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[k]
}

// maxHeard is the most of an answer that a daemon may use: its max_body.
const maxHeard = 8 << 20

// heard is a ResponseWriter whose writer is listened to, up to a bit over maxHeard.
type heard struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer // or all that was sent, once the connection was hijacked
	raw    bool
}

func (h *heard) Unwrap() http.ResponseWriter { return h.ResponseWriter }

func (h *heard) WriteHeader(status int) {
	h.status = status
	h.ResponseWriter.WriteHeader(status)
}

func (h *heard) Write(p []byte) (int, error) {
	h.hear(p)
	return h.ResponseWriter.Write(p)
}

func (h *heard) hear(p []byte) { h.body.Write(p[:min(len(p), max(0, maxHeard+1<<10-h.body.Len()))]) }

func (h *heard) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	h.raw = true
	return hijacked{c, h}, rw, err
}

type hijacked struct {
	net.Conn
	heard *heard
}

func (c hijacked) Write(p []byte) (int, error) {
	c.heard.hear(p)
	return c.Conn.Write(p)
}

// SetLinger is net.TCPConn's.
func (c hijacked) SetLinger(seconds int) error { return c.Conn.(*net.TCPConn).SetLinger(seconds) }

// answer returns the body of a 200, unpacked, if it is no longer than maxHeard; else nil.
func (h *heard) answer() []byte {
	status, header, from := h.status, h.Header(), io.Reader(&h.body)
	if h.raw {
		resp, err := http.ReadResponse(bufio.NewReader(&h.body), nil)
		if err != nil {
			return nil
		}
		defer resp.Body.Close()
		status, header, from = resp.StatusCode, resp.Header, resp.Body
	}
	if status != http.StatusOK {
		return nil
	}
	if header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(from)
		if err != nil {
			return nil
		}
		from = unpacked
	}
	body, err := io.ReadAll(io.LimitReader(from, maxHeard+1))
	if err != nil || len(body) > maxHeard {
		return nil
	}
	return body
}

// fingerprintOf is what a reader must see of a partner's answer: starts, places,
// categories and prices. It is an error when the answer makes no sense.
func fingerprintOf(k inventory.Key, body []byte) (string, error) {
	a, _, err := partner.Decode(k, body)
	var b strings.Builder
	for i := range a.Slots {
		s := &a.Slots[i]
		fmt.Fprintf(&b, "%s %d", s.Start, s.Remaining)
		for j := range s.Pax {
			price := "free of price"
			if p := s.Pax[j].Price; p != nil {
				price = p.Final.String() + p.Currency
			}
			fmt.Fprintf(&b, ", %s %d %s", s.Pax[j].Type, s.Pax[j].Remaining, price)
		}
		b.WriteByte('\n')
	}
	return b.String(), err
}

// A sight is what a reader sees of a key.
type sight struct {
	status      int
	state, etag string
	body        string
}

// look reads a key as a reader does.
func (m *mirror) look(k inventory.Key) (s sight, err error) {
	resp, err := m.client.Get(fmt.Sprintf("%s/api/v1/experience/%d/slots?date=%s", m.url, k.Product, k.Date))
	if err != nil {
		return s, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return sight{resp.StatusCode, resp.Header.Get("X-Inventory-State"), resp.Header.Get("ETag"), string(body)}, err
}

// print returns the fingerprint of what a reader sees, "" for a closed date.
func (s sight) print() (string, error) {
	if s.status == http.StatusNotFound && s.state == inventory.Closed.String() {
		return "", nil
	}
	var answer struct {
		Data []struct {
			StartTime       string
			Remaining       int64
			PaxAvailability []struct {
				Type      string
				Remaining int64
				Price     *struct {
					FinalPrice   json.Number
					CurrencyCode string
				}
			}
		}
	}
	if s.status != http.StatusOK {
		return "", fmt.Errorf("%d %s", s.status, s.body)
	}
	err := json.Unmarshal([]byte(s.body), &answer)
	var b strings.Builder
	for _, slot := range answer.Data {
		b.WriteString(slot.StartTime + " " + strconv.FormatInt(slot.Remaining, 10))
		for _, pax := range slot.PaxAvailability {
			price := "free of price"
			if p := pax.Price; p != nil {
				price = p.FinalPrice.String() + p.CurrencyCode
			}
			fmt.Fprintf(&b, ", %s %d %s", pax.Type, pax.Remaining, price)
		}
		b.WriteByte('\n')
	}
	return b.String(), err
}
