package httpapi

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
)

// malformedSeeds are well-formed and doubtful requests to begin from: smuggling shapes,
// several requests in one go, folded lines, odd targets.
var malformedSeeds = []string{
	"GET /api/v1/experience/14/slots?date=2026-04-09 HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /api/v1/experience/14/slots?a HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /api/v1/experience/14/dates HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nIf-None-Match: \"a\", W/\"b\"\r\n\r\n",
	"POST /-/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
	"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: b\r\n c\r\n\r\nGET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET http://evil.example/api/v1/experience/14/dates/../../status HTTP/1.1\r\nHost: x\r\n\r\n",
	"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\nHEAD /openapi.json HTTP/1.0\r\n\r\n",
	"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /api/v1/experience/%2e%2e%00%0d%0a/slots?date=%ff&date= HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
	"GET /" + strings.Repeat("a", 30_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("b", 30_000) + "\r\n\r\n",
	"GET /api/v1/jobs?state=dead&limit=5&cursor=x HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n",
	"GET /explain?product=14&date=2026-04-09 HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n",
	"POST /api/v1/products/14/pause HTTP/1.1\r\nHost: [::1]\r\nAuthorization: Bearer " + token + "\r\nContent-Length: 29\r\n\r\n{\"reason\": \"r\", \"for\": \"30m\"}",
	"POST /api/v1/backfills HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token + "\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n{\"product\": 14, \"\r\n4\r\nfrom\r\n0\r\n\r\n",
	"POST /retry HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 22\r\n\r\nkey=14%2F2026-04-09&token=x",
}

var malformedPieces = []string{
	"\r\n", "\n", "\r", "\x00", " ", "\t", ":", "Host: y\r\n", "Content-Length: -1\r\n", "Transfer-Encoding: gzip, chunked\r\n",
	"Authorization: Bearer x\r\n", "%", "/../", "\xff", "HTTP/9.9", ";", "0\r\n\r\n", "{", "9999999999999999999",
}

// malform cuts, doubles, flips and inserts a few times.
func malform(random *rand.Rand) []byte {
	b := []byte(malformedSeeds[random.IntN(len(malformedSeeds))])
	for range random.IntN(5) {
		at := random.IntN(len(b) + 1)
		switch random.IntN(5) {
		case 0:
			b = b[:at]
		case 1:
			b = append(b, b[at:]...)
		case 2:
			if at < len(b) {
				b[at] = byte(random.IntN(256))
			}
		case 3:
			b = bytes.Replace(b, []byte("\r\n"), []byte("\n"), random.IntN(3))
		default:
			piece := malformedPieces[random.IntN(len(malformedPieces))]
			b = append(b[:at:at], append([]byte(piece), b[at:]...)...)
		}
		b = b[:min(len(b), 64<<10)]
	}
	return b
}

// listeners serves both handlers over TCP, as the daemon does, and returns their
// addresses and what they told their observer. Once stop has returned, with all that was
// logged, that may be looked at.
func listeners(t *testing.T) (addresses map[string]string, seen *heard, stop func() (log string)) {
	t.Helper()
	var serverLog bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&serverLog, nil))
	catalogue := testCatalogue(t)
	store := newFakeStore()
	seen = new(heard)
	today := catalogue.Product(14).Today(time.Now())
	store.put(record(14, today, time.Now(), nightSafari(t, today)...))
	store.put(record(14, today+inventory.Date(1), time.Now()))
	p := mustPublic(t, PublicOptions{Reader: store, Catalogue: func() *plan.Catalogue { return catalogue }, CacheBytes: 1 << 20, Observer: seen})
	admin, _, adminLog := newTestAdmin(AdminOptions{Token: token, Observer: seen})
	addresses = map[string]string{}
	var servers []*http.Server
	var ended sync.WaitGroup
	for name, h := range map[string]http.Handler{"public": p, "admin": admin} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s := NewServer(h, logger)
		servers, addresses[name] = append(servers, s), l.Addr().String()
		ended.Go(func() { _ = s.Serve(l) }) // until it is closed
	}
	return addresses, seen, sync.OnceValue(func() string {
		for _, s := range servers {
			_ = s.Shutdown(t.Context())
		}
		ended.Wait()
		p.Close()
		return serverLog.String() + adminLog.String()
	})
}

// Row A3 of the fault list: what is no request, or hardly one, sent over TCP. Nothing
// panics, hangs or is answered by a 5xx, but for net/http's own 501 and 505: of a transfer
// coding and of a version that nobody knows.
func TestMalformedRequestsAreNeverOurFault(t *testing.T) {
	addresses, seen, stop := listeners(t)
	defer stop()
	var clients sync.WaitGroup
	for name, address := range addresses {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(10, 6))
			answers := map[int]int{}
			for n := range malformedRequests / len(addresses) {
				sent := malform(random)
				codes, err := exchange(address, sent)
				if err != nil {
					t.Errorf("%s, request %d, %.300q: %v", name, n, sent, err)
					return
				}
				for _, code := range codes {
					answers[code]++
					if code >= 500 && code != http.StatusNotImplemented && code != http.StatusHTTPVersionNotSupported {
						t.Errorf("%s, request %d, %.300q, is answered by %d", name, n, sent, code)
					}
				}
			}
			t.Logf("%s: %d requests; answers by status: %v", name, malformedRequests/len(addresses), answers)
			for _, code := range []int{200, 400, 404, 405, 431} {
				if answers[code] == 0 {
					t.Errorf("%s: no answer is %d: the requests are not what they should be", name, code)
				}
			}
		})
	}
	clients.Wait()
	if log := stop(); seen.panics > 0 || strings.Contains(log, "panic") {
		t.Errorf("%d panics were counted; the log: %s", seen.panics, log)
	}
}

// exchange sends bytes and returns the statuses of all answers, until the server closes.
// That it does not is the error.
func exchange(address string, sent []byte) (codes []int, err error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, err
	}
	if _, err := c.Write(sent); err == nil {
		_ = c.(*net.TCPConn).CloseWrite() // the server may have closed already
	}
	method := "GET"
	if bytes.HasPrefix(sent, []byte("HEAD")) {
		method = "HEAD"
	}
	for r := bufio.NewReader(c); ; {
		resp, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil {
			return codes, ended(err)
		}
		codes = append(codes, resp.StatusCode)
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			return codes, ended(err)
		}
	}
}

// ended returns err if it says that nothing came for too long.
func ended(err error) error {
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		return fmt.Errorf("the connection is neither answered nor closed: %w", err)
	}
	return nil
}
