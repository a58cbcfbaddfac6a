package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"invd/bench/catalogue"
	"invd/cmd/invd/app"
	"invd/cmd/invd/config"
	"invd/engine/inventory"
	"invd/engine/partner/sim"
	"invd/engine/report"
)

// BenchmarkEndToEnd is the whole daemon's first fill from a partner without a
// limit: due, queued, paid for, asked over loopback, decoded, on disk and readable.
// One operation is all keys. The simulated partner takes its share of the
// processors.
func BenchmarkEndToEnd(b *testing.B) {
	for _, keys := range sizes() {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			c := catalogue.Catalogue{Keys: keys}
			var asked atomic.Int64
			all := make(chan struct{}, 1) // the partner was asked for all keys once more
			partner := httptest.NewServer(sim.New(sim.Options{
				Products: sim.Catalogue(c.Products()), Limit: -1, Bookings: -1,
				OnRequest: func(sim.Request) {
					if asked.Add(1)%int64(keys) == 0 {
						all <- struct{}{}
					}
				},
			}))
			defer partner.Close()
			conf := mustConfig(b, partner.URL, sim.Catalogue(c.Products()))
			for b.Loop() {
				fillFromPartner(b, conf, keys, all)
			}
			b.ReportMetric(float64(keys*b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}

func mustConfig(b *testing.B, partner string, products []int64) *config.Config {
	var text strings.Builder
	fmt.Fprintf(&text, "partner: {base_url: %s/api/v1, api_key_file: key, concurrency: 64, limits: [{requests: 100000, per: 1s}]}\nproducts:\n", partner)
	for _, id := range products {
		fmt.Fprintf(&text, "  - {id: %d}\n", id)
	}
	dir := b.TempDir()
	file := filepath.Join(dir, "invd.yaml")
	err := errors.Join(os.WriteFile(file, []byte(text.String()), 0o600), os.WriteFile(filepath.Join(dir, "key"), []byte("key\n"), 0o600))
	if err != nil {
		b.Fatal(err)
	}
	c, err := config.Load(file)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// fillFromPartner runs a daemon with nothing stored until it has all keys. It does
// not look before the partner was asked for all, because a status counts every key.
func fillFromPartner(b *testing.B, conf *config.Config, keys int, all <-chan struct{}) {
	ctx, cancel := context.WithCancel(b.Context())
	addresses, ended := make(chan [2]net.Addr, 1), make(chan error, 1)
	go func() {
		ended <- app.Run(ctx, app.Options{
			Config: conf, DataDir: b.TempDir(), Listen: "127.0.0.1:0", AdminListen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
			Started: func(public, admin net.Addr) { addresses <- [2]net.Addr{public, admin} },
		})
	}()
	at := <-addresses
	<-all
	for ticks := time.Tick(20 * time.Millisecond); ; <-ticks {
		var st report.Status
		mustGet(b, at[1], "/api/v1/status", &st)
		if st.Store.Days == keys {
			break
		}
	}
	mustBeReadable(b, at[0], conf)
	b.StopTimer()
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	b.StartTimer()
}

// mustBeReadable reads each product's first and last date.
func mustBeReadable(b *testing.B, addr net.Addr, conf *config.Config) {
	for _, p := range conf.Products {
		today := inventory.DateOf(time.Now().In(p.Zone))
		for _, d := range []inventory.Date{today, today.AddDays(catalogue.Dates - 1)} {
			answer, err := http.Get(fmt.Sprintf("http://%s/api/v1/experience/%d/slots?date=%v", addr, p.ID, d))
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, answer.Body) // only its header is wanted
			_ = answer.Body.Close()
			if state := answer.Header.Get("X-Inventory-State"); answer.StatusCode != http.StatusOK && state != "closed" {
				b.Fatalf("%d/%v: %d, state %q; want it readable", p.ID, d, answer.StatusCode, state)
			}
		}
	}
}

func mustGet(b *testing.B, addr net.Addr, path string, v any) {
	answer, err := http.Get("http://" + addr.String() + path)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(v); err != nil {
		b.Fatal(err)
	}
}
