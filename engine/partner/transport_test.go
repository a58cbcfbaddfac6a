package partner_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"invd/engine/partner"
)

// TestABurstDialsOnce sends 64 requests at once, each of which is answered when all
// have come, three times.
func TestABurstDialsOnce(t *testing.T) {
	const burst, rounds = 64, 3
	var come [rounds]sync.WaitGroup
	for i := range come {
		come[i].Add(burst)
	}
	var requests, dialled atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		all := &come[(requests.Add(1)-1)/burst]
		all.Done()
		all.Wait()
		_, _ = w.Write([]byte("[]"))
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			dialled.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	b := newBench(t, server.URL+"/api/v1", func(o *partner.Options) { o.Observe = nil })
	for range rounds {
		var wg sync.WaitGroup
		for range burst {
			wg.Go(func() {
				if _, err := b.Fetch(t.Context(), asked); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	if n := dialled.Load(); n != burst {
		t.Errorf("%d connections for %d bursts of %d requests, want %d", n, rounds, burst, burst)
	}
}
