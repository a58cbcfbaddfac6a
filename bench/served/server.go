package served

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/httpapi"
	"invd/metrics"
	"invd/storage"
)

// The servers, by what they are.
const (
	Bare          = "bare"       // the bytes and headers of one key's slots, whatever is asked for
	BareGzip      = "bare-gzip"  // the same zipped
	Bare304       = "bare-304"   // the same for a reader who has them
	BareDates     = "bare-dates" // the bytes and headers of one product's dates
	BareDatesGzip = "bare-dates-gzip"
	BareDates304  = "bare-dates-304"
	Warm          = "warm"      // invd as it is: metrics, a cache of 256 MiB
	Cold          = "cold"      // a cache of 1 MiB: nearly every read misses it, and fills it in vain
	Uncounted     = "uncounted" // no metrics
)

// Hot is how many keys are read when reads are to hit the cache.
const Hot = 1000

const (
	warmCache = 256 << 20 // the daemon's default
	coldCache = 1 << 20
)

// A world is what is served.
type world struct {
	keys      []inventory.Key
	hot       []inventory.Key
	store     *storage.Store
	addresses map[string]string
	servers   []*http.Server
	publics   []*httpapi.Public
}

// open opens the filled store and begins to serve it.
func open(dir string, n int) (_ *world, err error) {
	w := &world{keys: Keys(n, Today()), addresses: map[string]string{}}
	w.hot = Draw(w.keys, Hot)
	if err := fill(dir, w.keys); err != nil {
		return nil, fmt.Errorf("fill the store: %w", err)
	}
	if w.store, err = storage.Open(dir, storage.Options{}); err != nil {
		return nil, err
	}
	c := catalogue(n)
	schedules := make([]string, len(c.Rules.Schedules()))
	for i, s := range c.Rules.Schedules() {
		schedules[i] = s.Name
	}
	counted := func() httpapi.Observer {
		return metrics.New(metrics.Options{Schedules: schedules, Bands: c.Rules.Bands(), Handlers: httpapi.Handlers()}).HTTP
	}
	for _, of := range []struct {
		name     string
		cache    int64
		observer httpapi.Observer
	}{{Warm, warmCache, counted()}, {Cold, coldCache, counted()}, {Uncounted, warmCache, nil}} {
		public, err := httpapi.NewPublic(httpapi.PublicOptions{
			Reader: w.store, Catalogue: func() *plan.Catalogue { return c }, CacheBytes: of.cache, Observer: of.observer,
		})
		if err == nil {
			w.publics = append(w.publics, public)
			err = w.serve(of.name, public)
		}
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
	}
	slots, dates := SlotsPath(w.keys[0]), DatesPath(w.keys[0])
	for _, of := range []struct{ name, path, header, value string }{
		{Bare, slots, "", ""}, {BareGzip, slots, "Accept-Encoding", "gzip"}, {Bare304, slots, "If-None-Match", "*"},
		{BareDates, dates, "", ""}, {BareDatesGzip, dates, "Accept-Encoding", "gzip"}, {BareDates304, dates, "If-None-Match", "*"},
	} {
		bare, err := replayOf(w.publics[0], of.path, of.header, of.value)
		if err == nil {
			err = w.serve(of.name, bare)
		}
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
	}
	return w, nil
}

// serve serves h as the daemon serves its public listener.
func (w *world) serve(name string, h http.Handler) error {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := httpapi.NewServer(h, nil)
	w.servers = append(w.servers, s)
	w.addresses[name] = l.Addr().String()
	go func() { _ = s.Serve(l) }() // until close
	return nil
}

func (w *world) close() (err error) {
	for _, s := range w.servers {
		err = errors.Join(err, s.Close())
	}
	for _, p := range w.publics {
		p.Close()
	}
	return errors.Join(err, w.store.Close())
}

// change syncs perSecond changed answers a second of the hot keys, in turn, until
// stop is closed. It returns how many.
func (w *world) change(perSecond int, from int, stop <-chan struct{}) (n int, err error) {
	const callers = 16
	type done struct {
		n   int
		err error
	}
	all := make(chan done)
	for caller := range callers {
		go func() {
			var d done
			gap := time.Second * callers / time.Duration(perSecond)
			ticks := time.NewTicker(gap)
			defer ticks.Stop()
			for d.err == nil {
				select {
				case <-ticks.C:
					i := from + caller + d.n*callers
					d.err = syncOne(w.store, w.hot[i%len(w.hot)], 1+i/len(w.hot))
					d.n++
					continue
				case <-stop:
				}
				break
			}
			all <- d
		}()
	}
	for range callers {
		d := <-all
		n, err = n+d.n, errors.Join(err, d.err)
	}
	return n, err
}
