package bench

import (
	"bytes"
	"flag"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dgraph-io/ristretto/v2"

	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/engine/refresh"
	"invd/httpapi"
	"invd/storage"
)

var staleReads = flag.Int64("stale.reads", 1_000_000, "reads of TestAReadSeesEverySyncAcknowledgedBeforeIt")

// TestAReadSeesEverySyncAcknowledgedBeforeIt reads through the public handler while
// two writers sync the same few keys, and looks for reads that show less than was
// acknowledged before they began. The long form:
//
//	go test -run TestAReadSees -v -timeout 0 ./bench -stale.reads 10000000
//
// The usual way to keep a cache, to delete an entry once its key is committed, goes
// through the same and must be caught, or the test shows nothing.
func TestAReadSeesEverySyncAcknowledgedBeforeIt(t *testing.T) {
	reads := *staleReads
	if raceEnabled {
		reads /= 20
	}
	t.Run("generations", func(t *testing.T) {
		got := hammer(t, throughHandler, func(h *hammered) bool { return h.reads.Load() >= reads })
		t.Logf("%d reads, %d syncs, %d stale", got.reads.Load(), got.syncs.Load(), got.stale.Load())
		if got.stale.Load() != 0 {
			t.Errorf("%d of %d reads were stale; want none", got.stale.Load(), got.reads.Load())
		}
	})
	t.Run("deletion", func(t *testing.T) {
		got := hammer(t, throughDeletion, func(h *hammered) bool {
			return h.reads.Load() >= reads && h.stale.Load() > 0 || h.reads.Load() >= 100*reads
		})
		t.Logf("%d reads, %d syncs, %d stale", got.reads.Load(), got.syncs.Load(), got.stale.Load())
		if got.stale.Load() == 0 {
			t.Errorf("none of %d reads was stale; want some, or the test cannot tell", got.reads.Load())
		}
	})
}

// hammered is what a hammer has done so far.
type hammered struct{ reads, syncs, stale atomic.Int64 }

// A mirror reads a key's number, and is told when another one is committed, before
// anybody is told so.
type mirror struct {
	read      func(k inventory.Key) int64
	committed func(k inventory.Key)
}

// hammer syncs ever higher numbers and reads them until enough is true.
func hammer(t *testing.T, open func(*testing.T, *storage.Store) mirror, enough func(*hammered) bool) *hammered {
	const writers, readers, keysOfAWriter = 2, 4, 3
	store, err := storage.Open(t.TempDir(), storage.Options{NoSync: true}) // the order of things is the same, and there are more of them
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	m := open(t, store)
	var h hammered
	var acknowledged [writers * keysOfAWriter]atomic.Int64
	key := func(i int) inventory.Key { return inventory.Key{Product: 1, Date: tomorrow().AddDays(i)} }
	put := func(i int, n int64) {
		if _, err := store.Sync(numbered(key(i), n), uint64(n), refresh.End{}); err != nil {
			t.Error(err)
		}
		m.committed(key(i))
		acknowledged[i].Store(n)
		h.syncs.Add(1)
	}
	for i := range acknowledged {
		put(i, 1)
	}
	var stop atomic.Bool
	var writing, reading sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for n := int64(2); !stop.Load(); n++ {
				for i := range keysOfAWriter {
					put(w*keysOfAWriter+i, n)
				}
			}
		})
	}
	for r := range readers {
		reading.Go(func() {
			for i := r; !enough(&h); i++ {
				k := i % len(acknowledged)
				least := acknowledged[k].Load()
				if m.read(key(k)) < least {
					h.stale.Add(1)
				}
				h.reads.Add(1)
			}
		})
	}
	reading.Wait()
	stop.Store(true)
	writing.Wait()
	return &h
}

func tomorrow() inventory.Date { return inventory.DateOf(time.Now().UTC()).AddDays(1) }

// numbered is an answer that shows n.
func numbered(k inventory.Key, n int64) *inventory.Availability {
	now := time.Now()
	return &inventory.Availability{
		Key: k, RequestedAt: now, CheckedAt: now,
		Slots: []inventory.Slot{{Remaining: n, Pax: []inventory.Pax{{Type: "ADULT", Remaining: n, Max: inventory.NoLimit}}}},
	}
}

// throughHandler reads as a reader does, only without a connection.
func throughHandler(t *testing.T, store *storage.Store) mirror {
	public := openPublic(t, store)
	return mirror{
		read: func(k inventory.Key) int64 {
			_, _, body := get(public, "/api/v1/experience/"+k.Product.String()+"/slots", "date="+k.Date.String())
			_, rest, _ := bytes.Cut(body, []byte(`"remaining":`))
			digits, _, _ := bytes.Cut(rest, []byte(","))
			n, err := strconv.ParseInt(string(digits), 10, 64)
			if err != nil {
				t.Errorf("read %v: %s", k, body)
			}
			return n
		},
		committed: func(inventory.Key) {},
	}
}

// throughDeletion is the usual way.
func throughDeletion(t *testing.T, store *storage.Store) mirror {
	cache, err := ristretto.NewCache(&ristretto.Config[uint64, int64]{MaxCost: 1 << 20, NumCounters: 1000, BufferItems: 64})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cache.Close)
	return mirror{
		read: func(k inventory.Key) int64 {
			if n, ok := cache.Get(uint64(k.Date)); ok {
				return n
			}
			r, err := store.Availability(k)
			if err != nil {
				t.Error(err)
				return 0
			}
			n := r.Slots[0].Remaining
			runtime.Gosched() // as may happen anywhere, and makes the usual way fail soon
			cache.Set(uint64(k.Date), n, 1)
			return n
		},
		committed: func(k inventory.Key) { cache.Del(uint64(k.Date)) },
	}
}

// openPublic returns the public handler of a store with product 1, in UTC.
func openPublic(t *testing.T, store *storage.Store) *httpapi.Public {
	t.Helper()
	rules := plan.NewRules([]plan.Schedule{{Name: "all", Days: 60, Every: time.Hour, Objective: time.Hour, MaxAge: time.Hour}})
	catalogue := plan.NewCatalogue(rules, []plan.Product{{ID: 1, Zone: time.UTC, Enabled: true}})
	public, err := httpapi.NewPublic(httpapi.PublicOptions{
		Reader: store, Catalogue: func() *plan.Catalogue { return catalogue }, CacheBytes: 1 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(public.Close)
	return public
}

// get asks a handler directly.
func get(h http.Handler, path, query string) (code int, etag string, body []byte) {
	w := page{header: http.Header{}}
	h.ServeHTTP(&w, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path, RawQuery: query}})
	return w.code, w.header.Get("ETag"), w.body
}

// A page is a ResponseWriter that keeps what it is given, and no copy.
type page struct {
	header http.Header
	code   int
	body   []byte
}

func (p *page) Header() http.Header         { return p.header }
func (p *page) WriteHeader(code int)        { p.code = code }
func (p *page) Write(b []byte) (int, error) { p.body = b; return len(b), nil }
