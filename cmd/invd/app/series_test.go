package app_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Row A9 of the fault list: whatever is asked of either listener, for whatever product,
// with whatever method or token, the metrics have the series they had.
func TestNoRequestAddsASeries(t *testing.T) {
	const requests = 20_000
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 5, start: monday.Add(9 * time.Hour)})
		w.startDaemon()
		time.Sleep(10 * time.Minute)
		series := func() int {
			_, text := w.do(w.admin, http.MethodGet, "/metrics", nil)
			n := 0
			for line := range strings.Lines(string(text)) {
				if strings.HasPrefix(line, "invd_") {
					n++
				}
			}
			return n
		}
		before := series()
		random := rand.New(rand.NewPCG(9, 9))
		methods := []string{"GET", "HEAD", "POST", "OPTIONS", "PUT", "BREW"}
		for range requests {
			client, method, path := w.public, methods[random.IntN(len(methods))], fmt.Sprintf("/%x/%x", random.Int64(), random.Int64())
			switch random.IntN(5) {
			case 0:
				path = fmt.Sprintf("/api/v1/experience/%d/slots?date=2%03d-01-01&max_age=%ds", random.Int64(), random.IntN(1000), random.IntN(1000))
			case 1:
				client, path = w.admin, fmt.Sprintf("/api/v1/products/%d", random.Int64())
			case 2:
				client, path = w.admin, fmt.Sprintf("/api/v1/schedules/%x/pause", random.Int64())
			case 3:
				client = w.admin
			}
			w.do(client, method, path, nil)
		}
		if after := series(); after != before || before < 100 {
			t.Errorf("%d series after %d requests, %d before", after, requests, before)
		}
		t.Logf("%d requests, %d series before and after", requests, before)
		w.stop()
	})
}
