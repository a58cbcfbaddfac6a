package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner/sim"
	"invd/engine/report"
)

// A mirror is `invd serve` as a process of its own, and its partner in this one.
type mirror struct {
	t       *testing.T
	dir     string // of the configuration and all that processes print
	partner *sim.Partner
	keys    []inventory.Key // the whole horizon
	client  *http.Client

	arrived atomic.Pointer[func()] // called when a request has reached the partner, if set

	under    []string // a command that the next daemons run under, if any
	process  *process
	url      string
	starts   int
	launched time.Time
	commands globals // talks to the daemon as the commands do
}

// mirrorOptions shape a mirror. Limit requests per Per are what both sides know of.
type mirrorOptions struct {
	products, days int
	limit          int
	per            time.Duration
	sim            sim.Options
	more           string // of the configuration

	before func(partner http.Handler) http.Handler // put before the partner; may be nil
}

const mirrorConfig = `timezone: %s
partner:
  base_url: %s/api/v1
  api_key_file: partner.key
  limits: [{requests: %d, per: %s}]
schedules: [{name: all, days: %d, every: 6h, objective: 8h}]
products:
`

func newMirror(t *testing.T, o mirrorOptions) *mirror {
	t.Helper()
	zoneName, today := noonZone(time.Now())
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		t.Fatal(err)
	}
	first, err := inventory.ParseDate(today)
	if err != nil {
		t.Fatal(err)
	}
	o.sim.Products, o.sim.APIKey, o.sim.Location = sim.Catalogue(o.products), "sesame", zone
	o.sim.Limit, o.sim.Per = o.limit, o.per
	m := &mirror{t: t, dir: t.TempDir(), client: &http.Client{Timeout: time.Minute}}
	o.sim.OnRequest = func(sim.Request) {
		if f := m.arrived.Load(); f != nil {
			(*f)()
		}
	}
	m.partner = sim.New(o.sim)
	m.commands.dataDir = filepath.Join(m.dir, "data")
	handler := http.Handler(m.partner)
	if o.before != nil {
		handler = o.before(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)

	var b strings.Builder
	b.WriteString(o.more)
	fmt.Fprintf(&b, mirrorConfig, zoneName, server.URL, o.limit, o.per, o.days)
	for _, id := range o.sim.Products {
		fmt.Fprintf(&b, "  - {id: %d}\n", id)
		for ahead := range o.days {
			m.keys = append(m.keys, inventory.Key{Product: inventory.ProductID(id), Date: first.AddDays(ahead)})
		}
	}
	for name, text := range map[string]string{"invd.yaml": b.String(), "partner.key": "sesame\n"} {
		if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if m.process != nil {
			_ = m.process.end(syscall.SIGKILL) // it may have ended
		}
	})
	return m
}

// launch starts the daemon and does not wait for it.
func (m *mirror) launch() {
	m.t.Helper()
	m.starts++
	m.launched = time.Now()
	var err error
	command := append(slices.Clone(m.under),
		"invd", "serve", "--config", "invd.yaml", "--data-dir", "data", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
	m.process, err = startProcess(m.dir, fmt.Sprintf("daemon-%d", m.starts), os.Environ(), command...)
	if err != nil {
		m.t.Fatal(err)
	}
}

// start starts the daemon and waits until it listens.
func (m *mirror) start() {
	m.t.Helper()
	m.launch()
	groups, err := m.process.await(daemonStarted)
	if err != nil {
		m.t.Fatalf("start %d: %v\n%s", m.starts, err, m.process.printed())
	}
	m.url = "http://" + groups[1]
}

// An answer is what a reader was told of a key.
type answer struct {
	status    int
	state     string    // X-Inventory-State of a 404
	modified  time.Time // of a 200
	confirmed time.Time // by the partner; up to a second earlier
	etag      string
	remaining int64 // of all slots; nobody cancels, so it never grows
}

func (m *mirror) address(k inventory.Key) string {
	return fmt.Sprintf("%s/api/v1/experience/%d/slots?date=%s", m.url, k.Product, k.Date)
}

// read asks for a key as a reader does.
func (m *mirror) read(k inventory.Key) (a answer, err error) {
	resp, err := m.client.Get(m.address(k))
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	var body struct {
		Data []struct {
			Remaining int64 `json:"remaining"`
		} `json:"data"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return a, err
	}
	a = answer{status: resp.StatusCode, state: resp.Header.Get("X-Inventory-State"), etag: resp.Header.Get("ETag")}
	age, err := strconv.Atoi(cmp.Or(resp.Header.Get("Age"), "0"))
	if err != nil {
		return a, err
	}
	a.confirmed = time.Now().Add(-time.Duration(age) * time.Second)
	for _, slot := range body.Data {
		a.remaining += slot.Remaining
	}
	if a.status == http.StatusOK {
		a.modified, err = http.ParseTime(resp.Header.Get("Last-Modified"))
	}
	return a, err
}

// jobs lists all jobs there are.
func (m *mirror) jobs() (all []report.Job, err error) {
	path := "/api/v1/jobs?limit=1000"
	for {
		var page struct {
			Jobs []report.Job `json:"jobs"`
			Next string       `json:"next_cursor"`
		}
		if err := m.commands.get(m.t.Context(), path, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Jobs...)
		if page.Next == "" {
			return all, nil
		}
		path = "/api/v1/jobs?limit=1000&cursor=" + page.Next
	}
}

// refresh has the daemon fetch a whole product again.
func (m *mirror) refresh(id inventory.ProductID) error {
	return m.commands.post(m.t.Context(), "/api/v1/products/"+id.String()+"/refresh", struct{}{}, nil)
}

// book takes a seat of some slot of the key, if it has any.
func (m *mirror) book(k inventory.Key, random *rand.Rand) {
	slots := m.partner.Truth(int64(k.Product), k.Date.String(), time.Now())
	slots = slices.DeleteFunc(slots, func(s sim.Slot) bool { return s.Remaining == 0 })
	if len(slots) == 0 {
		return
	}
	if err := m.partner.Book(int64(k.Product), k.Date.String(), slots[random.IntN(len(slots))].Start, 1); err != nil {
		m.t.Error(err)
	}
}

// truth returns what is left of a key at the partner's.
func (m *mirror) truth(k inventory.Key) (remaining int64) {
	for _, s := range m.partner.Truth(int64(k.Product), k.Date.String(), time.Now()) {
		remaining += s.Remaining
	}
	return remaining
}
