package httpapi

import (
	"bytes"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dgraph-io/ristretto/v2"

	"invd/engine/inventory"
	"invd/engine/plan"
)

// A mirror is a reader's view of one counter per key and what the writer does to
// the cache when it has committed a new value.
type mirror struct {
	read      func(k inventory.Key) int64
	committed func(k inventory.Key)
}

// byGeneration reads through the real handler.
func byGeneration(t *testing.T, store *fakeStore) mirror {
	catalogue := testCatalogue(t)
	p := mustPublic(t, PublicOptions{Reader: store, Catalogue: func() *plan.Catalogue { return catalogue }, CacheBytes: 1 << 20})
	t.Cleanup(p.Close)
	return mirror{
		read: func(k inventory.Key) int64 {
			w := &sheet{header: http.Header{}}
			p.ServeHTTP(w, &http.Request{Method: http.MethodGet, URL: &url.URL{
				Path: "/api/v1/experience/" + k.Product.String() + "/slots", RawQuery: "date=" + k.Date.String(),
			}})
			_, rest, _ := bytes.Cut(w.body, []byte(`"remaining":`))
			digits, _, _ := bytes.Cut(rest, []byte(","))
			n, err := strconv.ParseInt(string(digits), 10, 64)
			if err != nil {
				t.Errorf("read %v: %d %s", k, w.code, w.body)
			}
			return n
		},
		committed: func(inventory.Key) {},
	}
}

// A sheet is a ResponseWriter that keeps what it is given, and no copy.
type sheet struct {
	header http.Header
	code   int
	body   []byte
}

func (p *sheet) Header() http.Header  { return p.header }
func (p *sheet) WriteHeader(code int) { p.code = code }

func (p *sheet) Write(b []byte) (int, error) {
	if p.code == 0 {
		p.code = http.StatusOK
	}
	p.body = b
	return len(b), nil
}

// byDeletion is the usual way, to show that the test would notice it: entries
// without a generation, deleted once the new value is committed.
func byDeletion(t *testing.T, store *fakeStore) mirror {
	cache, err := ristretto.NewCache(&ristretto.Config[uint64, int64]{MaxCost: 1 << 20, NumCounters: 1000, BufferItems: 64})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cache.Close)
	return mirror{
		read: func(k inventory.Key) int64 {
			if n, ok := cache.Get(entry(k)); ok {
				return n
			}
			r, err := store.Availability(k)
			if err != nil {
				t.Error(err)
				return 0
			}
			n := r.Slots[0].Remaining
			cache.Set(entry(k), n, 1)
			return n
		},
		committed: func(k inventory.Key) { cache.Del(entry(k)) },
	}
}

func counted(k inventory.Key, n int64) *inventory.Record {
	return record(k.Product, k.Date, time.Unix(n, 0), inventory.Slot{
		Remaining: n, Pax: []inventory.Pax{{Type: "ADULT", Remaining: n}},
	})
}

func TestNoReadIsOlderThanAnAcknowledgedCommit(t *testing.T) {
	t.Run("generations", func(t *testing.T) {
		const reads = 40_000
		if stale, n := hammer(t, byGeneration, reads, false); stale != 0 || n < reads {
			t.Errorf("%d stale reads of %d; want none of %d", stale, n, reads)
		}
	})
	t.Run("deletion shows that the test can tell", func(t *testing.T) {
		if stale, n := hammer(t, byDeletion, 50_000_000, true); stale == 0 {
			t.Errorf("no stale read in %d with a cache that is known to serve some", n)
		}
	})
}

// hammer lets readers read at least reads times while a writer counts up, and
// returns how many reads gave less than was acknowledged before they began.
func hammer(t *testing.T, open func(*testing.T, *fakeStore) mirror, reads int64, stopAtFirst bool) (stale, done int64) {
	today := inventory.DateOf(time.Now().In(mustZone(t, "Asia/Singapore"))).AddDays(1) // not over during the test
	keys := make([]inventory.Key, 4)
	acknowledged := make([]atomic.Int64, len(keys))
	store := newFakeStore()
	for i := range keys {
		keys[i] = inventory.Key{Product: 14, Date: today.AddDays(i)}
		store.put(counted(keys[i], 0))
	}
	m := open(t, store)

	var stop atomic.Bool
	var old, count atomic.Int64
	var readers, writer sync.WaitGroup
	writer.Go(func() {
		for n := int64(1); !stop.Load(); n++ {
			for seen := count.Load(); count.Load() < seen+10 && !stop.Load(); { // so that some reads hit
				runtime.Gosched()
			}
			for i, k := range keys {
				store.put(counted(k, n))
				m.committed(k)
				acknowledged[i].Store(n)
			}
		}
	})
	for r := range 4 {
		readers.Go(func() {
			for i := r; !stop.Load(); i++ {
				k := i % len(keys)
				least := acknowledged[k].Load()
				if m.read(keys[k]) < least {
					old.Add(1)
				}
				if count.Add(1) >= reads || stopAtFirst && old.Load() > 0 {
					return
				}
			}
		})
	}
	readers.Wait()
	stop.Store(true)
	writer.Wait()
	return old.Load(), count.Load()
}

// The one interleaving that matters, without luck: a reader looks up the old
// value, a commit passes it, and only then it fills the cache.
func TestAFillThatACommitOvertookIsNeverServed(t *testing.T) {
	for _, tt := range []struct {
		name string
		open func(*testing.T, *fakeStore) mirror
		want int64
	}{
		{"generations", byGeneration, 2},
		{"deletion", byDeletion, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := inventory.Key{Product: 14, Date: inventory.DateOf(time.Now())}
				store := newFakeStore(counted(k, 1))
				m := tt.open(t, store)
				store.during = func() {
					store.during = nil
					store.put(counted(k, 2))
					m.committed(k)
				}
				if got := m.read(k); got != 1 {
					t.Fatalf("the overtaken read = %d; want 1: it began before the commit", got)
				}
				synctest.Wait() // whatever the cache does in the background is done
				if got := m.read(k); got != tt.want {
					t.Errorf("the next read = %d; want %d", got, tt.want)
				}
			})
		})
	}
}

func TestKeysOfOneEntryDoNotAnswerForEachOther(t *testing.T) {
	a := inventory.Key{Product: 1, Date: 20_000}
	b := inventory.Key{Product: 1 + 1<<42, Date: 20_000}
	if entry(a) != entry(b) {
		t.Fatalf("entry(%v) = %d, entry(%v) = %d; the test wants two keys that share one", a, entry(a), b, entry(b))
	}
	cache, err := newAnswers(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	defer cache.close()
	cache.put(newNothing(a, 7, noSlots))
	cache.entries.Wait()
	if got := cache.get(b, 7); got != nil {
		t.Errorf("get(%v) = the answer for %v; want none", b, got.key)
	}
	if got := cache.get(a, 7); got == nil || got.key != a {
		t.Errorf("get(%v) = %v; want its answer", a, got)
	}
	if got := cache.get(a, 8); got != nil {
		t.Errorf("get(%v) at the next generation = an answer; want none", a)
	}
}

func TestClosedDatesAndCalendarsAreCachedToo(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, o *heard) {
		for _, path := range []string{tuesday, wednesday, datesOf14} {
			ask(p, "GET", path)
			synctest.Wait()
			ask(p, "GET", path)
		}
		if o.hits != 3 || o.misses != 3 {
			t.Errorf("%d hits, %d misses; want 3, 3", o.hits, o.misses)
		}
	})
}

func TestWhatIsCachedDoesNotHideACommit(t *testing.T) {
	store := mirrored(t)
	inBubble(t, store, func(t *testing.T, p *Public, o *heard) {
		for _, path := range []string{wednesday, datesOf14} {
			before := ask(p, "GET", path)
			synctest.Wait()
			store.put(record(14, mustDate(t, "2025-03-26"), time.Now(), nightSafari(t, mustDate(t, "2025-03-26"))...))
			after := ask(p, "GET", path)
			if after.Code != 200 || after.Body.String() == before.Body.String() {
				t.Errorf("%s = %d %s after a commit; want something new", path, after.Code, after.Body)
			}
			store.put(record(14, mustDate(t, "2025-03-26"), time.Now())) // closed again
		}
		if o.hits > 0 {
			t.Errorf("%d of the reads were hits; want none", o.hits)
		}
	})
}

func TestWithoutACacheEverythingIsAnswered(t *testing.T) {
	catalogue := testCatalogue(t)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(noon))
		p := mustPublic(t, PublicOptions{Reader: mirrored(t), Catalogue: func() *plan.Catalogue { return catalogue }})
		defer p.Close()
		for _, path := range []string{tuesday, datesOf14, tuesday} {
			if got := ask(p, "GET", path).Code; got != 200 {
				t.Errorf("%s = %d; want 200", path, got)
			}
		}
	})
}
