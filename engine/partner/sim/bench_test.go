package sim_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"invd/engine/partner/sim"
)

// discard is a ResponseWriter that costs nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }

// BenchmarkAnswer asks 450 products for their next 60 dates in turn, ten
// virtual minutes' worth of requests at 30 a minute apart.
func BenchmarkAnswer(b *testing.B) {
	c := newClock()
	start := c.now
	products := sim.Catalogue(450)
	p := sim.New(sim.Options{Products: products, Limit: -1, Now: c.Now})
	dates := make([]string, 60)
	for i := range dates {
		dates[i] = start.AddDate(0, 0, i).Format(time.DateOnly)
	}
	at := func(n int) (product int64, date string, now time.Time) {
		return products[n%450], dates[n/450%60], start.Add(time.Duration(n) * 2 * time.Second)
	}
	for n := range 450 * 60 { // draw all bookings before the clock runs
		product, date, now := at(n)
		p.Body(product, date, now)
	}

	b.Run("body", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			p.Body(at(n))
			n++
		}
	})
	b.Run("handler", func(b *testing.B) {
		w := &discard{header: make(http.Header)}
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{}, Header: make(http.Header)}
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			product, date, now := at(n)
			c.now = now
			r.URL.Path = "/api/v1/inventory/" + strconv.FormatInt(product, 10)
			r.URL.RawQuery = "date=" + date
			p.ServeHTTP(w, r)
			n++
		}
	})
	b.Run("cold", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			product, _, now := at(n)
			p.Body(product, time.Unix(int64(n/450)*86400, 0).UTC().Format(time.DateOnly), now)
			n++
		}
	})
}

// BenchmarkConnection is a GET of two bytes through net/http's client and
// server, over memory and over loopback.
func BenchmarkConnection(b *testing.B) {
	loopback := func() (net.Listener, func(ctx context.Context, network, addr string) (net.Conn, error)) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		return l, func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", l.Addr().String())
		}
	}
	for _, bb := range []struct {
		name   string
		listen func() (net.Listener, func(ctx context.Context, network, addr string) (net.Conn, error))
	}{
		{"memory", sim.Listen},
		{"loopback", loopback},
	} {
		b.Run(bb.name, func(b *testing.B) {
			l, dial := bb.listen()
			client, stop := serve(l, dial, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte("[]"))
			}))
			defer stop()
			b.ReportAllocs()
			for b.Loop() {
				resp, err := client.Get("http://partner/")
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		})
	}
}
