//go:build linux

package bench

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"

	"invd/bench/load"
	"invd/bench/served"
	"invd/engine/inventory"
)

// servesKeys is how a benchmark tells the process that it starts how many keys to
// serve.
const servesKeys = "INVD_BENCH_SERVES_KEYS"

// TestServe is the other process, and nothing in any other test run.
func TestServe(t *testing.T) {
	keys, err := strconv.Atoi(os.Getenv(servesKeys))
	if err != nil {
		return
	}
	if err := served.Serve(os.Args[len(os.Args)-1], keys, os.Stdin, os.Stdout); err != nil {
		t.Fatal(err)
	}
}

const (
	readers = 64    // connections
	aTurn   = 2_000 // answers before the other server's turn
	zipped  = "Accept-Encoding: gzip\r\n"
)

// A readCase is what is asked, and the bare handler that it is compared with.
type readCase struct {
	name, server, bare, lines string
	status                    int
}

// BenchmarkReadSlots is reads over loopback, one operation a request, in turn with
// as many from a bare net/http handler that writes the same bytes and headers:
// x-bare is the median of the ratios of the rates. Hot reads are of 1,000 of the
// keys, cold ones of all, with a cache that holds one in a hundred at most.
// go run ./bench/cmd/reads compares them all with each other.
func BenchmarkReadSlots(b *testing.B) {
	benchmarkReads(b, served.SlotsPath, func(keys []inventory.Key) []inventory.Key { return keys }, []readCase{
		{"hot", served.Warm, served.Bare, "", http.StatusOK},
		{"gzip", served.Warm, served.BareGzip, zipped, http.StatusOK},
		{"304", served.Warm, served.Bare304, "", http.StatusNotModified},
		{"cold", served.Cold, served.Bare, "", http.StatusOK},
	})
}

// BenchmarkReadDates is the same of lists of 60 dates.
func BenchmarkReadDates(b *testing.B) {
	benchmarkReads(b, served.DatesPath, served.Products, []readCase{
		{"hot", served.Warm, served.BareDates, "", http.StatusOK},
		{"gzip", served.Warm, served.BareDatesGzip, zipped, http.StatusOK},
		{"304", served.Warm, served.BareDates304, "", http.StatusNotModified},
		{"cold", served.Cold, served.BareDates, "", http.StatusOK},
	})
}

func benchmarkReads(b *testing.B, path func(inventory.Key) string, of func([]inventory.Key) []inventory.Key, cases []readCase) {
	for _, n := range sizes() {
		keys := of(served.Keys(n, served.Today()))
		hot, all := served.Draw(keys, served.Hot), served.Draw(keys, len(keys))
		var servers *served.Process // started when the first benchmark is
		for _, c := range cases {
			for _, impl := range []string{"invd", "bare"} {
				b.Run(fmt.Sprintf("case=%s/keys=%d/impl=%s", c.name, n, impl), func(b *testing.B) {
					if servers == nil {
						servers = startServers(b, n)
					}
					requests := served.Requests(hot, path, c.lines)
					if c.server == served.Cold {
						requests = served.Requests(all, path, c.lines)
					}
					if c.status == http.StatusNotModified {
						requests = mustConditional(b, servers, hot, path)
					}
					ours := mustDial(b, servers.Addresses[c.server], requests, c.status)
					bare := mustDial(b, servers.Addresses[c.bare], requests, c.status)
					if impl == "invd" {
						inTurn(b, ours, bare)
					} else {
						inTurn(b, bare, nil)
					}
				})
			}
		}
		if servers != nil {
			if err := servers.Close(); err != nil {
				b.Error(err)
			}
		}
	}
}

func startServers(b *testing.B, keys int) *served.Process {
	b.Setenv(servesKeys, strconv.Itoa(keys))
	servers, err := served.Start(os.Args[0], "-test.run=^TestServe$")
	if err != nil {
		b.Fatal(err)
	}
	return servers
}

func mustConditional(b *testing.B, servers *served.Process, keys []inventory.Key, path func(inventory.Key) string) [][]byte {
	requests, err := served.Conditional(servers.Addresses[served.Warm], keys, path)
	if err != nil {
		b.Fatal(err)
	}
	return requests
}

func mustDial(b *testing.B, addr string, requests [][]byte, status int) *load.Client {
	c, err := load.Dial(addr, readers, requests, status)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	if _, err := c.BurstOf(len(requests)); err != nil { // so that what can be hot is
		b.Fatal(err)
	}
	return c
}

// inTurn asks one server b.N times, and another in turn with it, if any, while the
// clock stands.
func inTurn(b *testing.B, one, other *load.Client) {
	var rates, ratios []float64
	b.ResetTimer()
	for left := b.N; left > 0; {
		mine := mustAsk(b, one, min(left, aTurn))
		left -= mine.Answers
		rates = append(rates, mine.PerSecond())
		if other != nil {
			b.StopTimer()
			ratios = append(ratios, mine.PerSecond()/mustAsk(b, other, mine.Answers).PerSecond())
			b.StartTimer()
		}
	}
	b.ReportMetric(median(rates), "req/s")
	if other != nil {
		b.ReportMetric(median(ratios), "x-bare")
	}
}

func mustAsk(b *testing.B, c *load.Client, n int) load.Burst {
	burst, err := c.BurstOf(n)
	if err != nil {
		b.Fatal(err)
	}
	return burst
}

func median(figures []float64) float64 {
	return slices.Sorted(slices.Values(figures))[len(figures)/2]
}
