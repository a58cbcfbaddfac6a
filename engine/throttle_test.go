package engine_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"invd/engine/partner/sim"
)

// TestALimitThatIsLowerThanConfigured has a backlog and a partner that allows 20 a
// minute where 30 are configured; after three hours it allows 30.
func TestALimitThatIsLowerThanConfigured(t *testing.T) {
	options := sim.Options{Limit: 20, Latency: 150 * ms, Jitter: 50 * ms}
	inBubble(t, setup{products: 100, every: time.Hour, sim: options}, func(t *testing.T, w *world) {
		time.Sleep(3 * time.Hour)
		refused := w.partner.Stats().Refused
		good := len(w.since(morning)) - refused
		if good < 3*60*20*95/100 {
			t.Errorf("%d requests let through in three hours, want 95 %% of 3600 at least", good)
		}
		if refused > 30 {
			t.Errorf("%d requests refused in three hours, want few", refused)
		}
		st, err := w.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if l := st.Budget.Limits[0]; l.Requests != 30 || l.Allowed > 21 || l.Allowed < 18 {
			t.Errorf("status says %d of %d allowed, want about 20 of 30", l.Allowed, l.Requests)
		}
		t.Logf("20 a minute for three hours: %d let through (%.1f %%), %d refused", good, 100*float64(good)/3600, refused)

		options.Limit, options.Products = 30, sim.Catalogue(100)
		options.OnRequest = func(r sim.Request) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.log = append(w.log, r)
		}
		w.asked.Store(sim.New(options))
		time.Sleep(30 * time.Minute)
		began := time.Now()
		time.Sleep(time.Hour)
		if n := len(w.since(began)); n < 60*30*95/100 {
			t.Errorf("%d requests in an hour, half an hour after it allows 30 a minute; want 95 %% of 1800 at least", n)
		}
		if n := fullest(w.since(morning), time.Minute); n > 30 {
			t.Errorf("%d requests in a minute, want 30 at most", n)
		}
	})
}

// TestConcurrencyThatThePartnerDoesNotStand asks one whose answers take 100 ms for
// each request that is under way.
func TestConcurrencyThatThePartnerDoesNotStand(t *testing.T) {
	var under, most atomic.Int64
	crowded := func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			n := under.Add(1)
			defer under.Add(-1)
			most.Store(max(most.Load(), n))
			wait, cancel := context.WithTimeout(r.Context(), time.Duration(n)*100*ms)
			defer cancel()
			<-wait.Done()
			h.ServeHTTP(rw, r)
		})
	}
	s := setup{products: 100, every: time.Hour, concurrency: 16, limits: plenty, sim: sim.Options{Limit: -1}, front: crowded}
	inBubble(t, s, func(t *testing.T, w *world) {
		time.Sleep(2 * time.Minute)
		most.Store(0)
		time.Sleep(time.Minute)
		st, err := w.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if most.Load() > 8 || st.Workers.Limit > 8 || st.Workers.Ceiling != 16 {
			t.Errorf("%d requests at once, and status says %+v; want 8 at most of 16", most.Load(), st.Workers)
		}
		t.Logf("%d requests at once at most, in the third minute", most.Load())
	})
}
