package httpapi

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
)

// fakeStore is a Reader: maps, and a generation for each key that goes up after a
// write and before put returns.
type fakeStore struct {
	mu          sync.RWMutex
	records     map[inventory.Key]*inventory.Record
	generations map[inventory.Key]*atomic.Uint64 // made by track or put
	err         error                            // answers every lookup
	during      func()                           // called in a lookup, after it read
}

func newFakeStore(records ...*inventory.Record) *fakeStore {
	s := &fakeStore{records: map[inventory.Key]*inventory.Record{}, generations: map[inventory.Key]*atomic.Uint64{}}
	for _, r := range records {
		s.put(r)
	}
	return s
}

func (s *fakeStore) generation(k inventory.Key) *atomic.Uint64 {
	s.mu.RLock()
	g := s.generations[k]
	s.mu.RUnlock()
	if g != nil {
		return g
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generations[k] == nil {
		s.generations[k] = new(atomic.Uint64)
	}
	return s.generations[k]
}

func (s *fakeStore) put(r *inventory.Record) {
	s.mu.Lock()
	s.records[r.Key] = r
	s.mu.Unlock()
	s.generation(r.Key).Add(1)
	s.generation(inventory.Key{Product: r.Key.Product, Date: calendarDate}).Add(1)
}

func (s *fakeStore) Generation(k inventory.Key) uint64 { return s.generation(k).Load() }

func (s *fakeStore) CalendarGeneration(p inventory.ProductID) uint64 {
	return s.Generation(inventory.Key{Product: p, Date: calendarDate})
}

func (s *fakeStore) Availability(k inventory.Key) (*inventory.Record, error) {
	s.mu.RLock()
	r, during, err := s.records[k], s.during, s.err
	s.mu.RUnlock()
	if during != nil {
		during()
	}
	if r == nil && err == nil {
		err = inventory.ErrNotFound
	}
	return r, err
}

func (s *fakeStore) Calendar(p inventory.ProductID, from inventory.Date, days int) (*inventory.Calendar, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c := new(inventory.Calendar)
	for _, k := range slices.SortedFunc(maps.Keys(s.records), inventory.Key.Compare) {
		r := s.records[k]
		if k.Product != p || k.Date < from || k.Date >= from.AddDays(days) {
			continue
		}
		c.Days = append(c.Days, inventory.CalendarDay{Date: k.Date, State: r.State(), From: r.FromPrice()})
		if r.ChangedAt.After(c.ChangedAt) {
			c.ChangedAt = r.ChangedAt
		}
		if r.State() == inventory.Open && (c.CheckedAt.IsZero() || r.CheckedAt.Before(c.CheckedAt)) {
			c.CheckedAt = r.CheckedAt
		}
	}
	return c, s.err
}

// heard records what an Observer is told.
type heard struct {
	mu       sync.Mutex
	handlers map[string]int
	codes    map[int]int
	reads    []read
	never    []string
	hits     int
	misses   int
	refused  []string
	panics   int
}

type read struct {
	Schedule string
	Fresh    bool
	Age      time.Duration
}

func (h *heard) Served(handler string, code int, _ time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.handlers == nil {
		h.handlers, h.codes = map[string]int{}, map[int]int{}
	}
	h.handlers[handler]++
	h.codes[code]++
}

func (h *heard) Read(schedule string, fresh bool, age time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reads = append(h.reads, read{schedule, fresh, age})
}

func (h *heard) NeverFetched(schedule string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.never = append(h.never, schedule)
}

func (h *heard) Cached(hit bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if hit {
		h.hits++
	} else {
		h.misses++
	}
}

func (h *heard) Refused(reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused = append(h.refused, reason)
}

func (h *heard) Panicked() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.panics++
}

func mustDate(t testing.TB, s string) inventory.Date {
	t.Helper()
	d, err := inventory.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// testCatalogue has products 14 and 15 under the default schedules, and 16, which
// is disabled.
func testCatalogue(t testing.TB) *plan.Catalogue {
	rules := plan.NewRules([]plan.Schedule{
		{Name: "today", Days: 1, Every: 15 * time.Minute, Objective: 20 * time.Minute, MaxAge: 2 * time.Hour},
		{Name: "week", Days: 7, Every: 4 * time.Hour, Objective: 5 * time.Hour, MaxAge: 12 * time.Hour},
		{Name: "month", Days: 30, Every: 24 * time.Hour, Objective: 30 * time.Hour, MaxAge: 48 * time.Hour},
		{Name: "season", Days: 60, Every: 72 * time.Hour, Objective: 80 * time.Hour, MaxAge: 96 * time.Hour},
	})
	return plan.NewCatalogue(rules, []plan.Product{
		{ID: 14, Name: "Night Safari", Zone: mustZone(t, "Asia/Singapore"), Weight: 1, Enabled: true},
		{ID: 15, Name: "Island Ferry", Zone: mustZone(t, "Europe/London"), Weight: 1, Enabled: true},
		{ID: 16, Name: "Closed Museum", Zone: time.UTC, Weight: 1},
	})
}

// noon of Tuesday 2025-03-25 in Singapore, 04:00 in London: the moment at which
// the tests' bubbles begin.
var noon = time.Date(2025, 3, 25, 4, 0, 0, 0, time.UTC)

// inBubble runs test at noon in a bubble of virtual time, with a public listener
// on store.
func inBubble(t *testing.T, store Reader, test func(t *testing.T, p *Public, o *heard)) {
	t.Helper()
	catalogue := testCatalogue(t)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(noon))
		o := new(heard)
		p := mustPublic(t, PublicOptions{Reader: store, Catalogue: func() *plan.Catalogue { return catalogue }, CacheBytes: 1 << 20, Observer: o})
		defer p.Close()
		test(t, p, o)
	})
}

func mustPublic(t testing.TB, o PublicOptions) *Public {
	t.Helper()
	p, err := NewPublic(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ask makes a request with headers given as name, value, name, value, …
func ask(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
