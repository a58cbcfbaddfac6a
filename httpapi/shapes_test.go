package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"invd/httpapi/openapi"
)

// Shapes that a proxy before the listener may understand differently, each followed by a
// second request: where a request ends must be beyond doubt, or the connection ends.
func TestSmugglingShapesAreRefusedOrUnderstoodInOneWay(t *testing.T) {
	addresses, _, stop := listeners(t)
	defer stop()
	const next = "GET /-/healthy HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
	for _, tt := range []struct {
		name, head string // of a POST to /-/nowhere; body and the next request follow
		body       string
		want       []int
	}{
		{"none of it", "Content-Length: 5\r\n", "abcde", []int{404, 200}},
		{"chunked", "Transfer-Encoding: chunked\r\n", "5\r\nabcde\r\n0\r\n\r\n", []int{404, 200}},
		{"length and chunks: chunks count", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", []int{404, 200}},
		{"chunks and length: chunks count", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "5\r\nabcde\r\n0\r\n\r\n", []int{404, 200}},
		{"two lengths", "Content-Length: 4\r\nContent-Length: 5\r\n", "abcde", []int{400}},
		{"one length twice", "Content-Length: 5\r\nContent-Length: 5\r\n", "abcde", []int{404, 200}},
		{"lengths in one line", "Content-Length: 5, 5\r\n", "abcde", []int{400}},
		{"negative length", "Content-Length: -5\r\n", "abcde", []int{400}},
		{"signed length", "Content-Length: +5\r\n", "abcde", []int{400}},
		{"hexadecimal length", "Content-Length: 0x5\r\n", "abcde", []int{400}},
		{"length beyond all bounds", "Content-Length: 99999999999999999999\r\n", "abcde", []int{400}},
		{"space before the colon", "Content-Length : 5\r\n", "abcde", []int{400}},
		{"space before the colon of a coding", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n", []int{400}},
		{"two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n", []int{501}},
		{"two codings in one line", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n", []int{501}},
		{"unknown coding", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n", []int{501}},
		{"tab before the coding", "Transfer-Encoding:\tchunked\r\n", "0\r\n\r\n", []int{404, 200}},
		{"vertical tab before the coding", "Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n", []int{400}},
		{"folded coding", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n", []int{404, 200}},
		{"folded other line", "X: a\r\n b\r\nContent-Length: 5\r\n", "abcde", []int{404, 200}},
		{"folded first line", " Content-Length: 5\r\n", "abcde", []int{400}},
		{"NUL in a line", "X: a\x00b\r\nContent-Length: 5\r\n", "abcde", []int{400}},
		{"bare CR in a line", "X: a\rContent-Length: 5\r\n", "", []int{400}},
		{"no colon", "Content-Length\r\n", "", []int{400}},
		{"chunk of no number", "Transfer-Encoding: chunked\r\n", "x\r\nabcde\r\n0\r\n\r\n", []int{404}},
		{"chunk that is too long for a number", "Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n", []int{404}},
		{"chunk longer than it says", "Transfer-Encoding: chunked\r\n", "1\r\nabcde\r\n0\r\n\r\n", []int{404}},
		{"second host", "Host: evil.example\r\n", "", []int{400}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, address := range addresses {
				got, err := exchange(address, []byte("POST /-/nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n"+tt.head+"\r\n"+tt.body+next))
				if err != nil || !slices.Equal(got, tt.want) {
					t.Errorf("%s: answers %v, %v; want %v", name, got, err, tt.want)
				}
			}
		})
	}
}

func TestOddRequestsOverTCP(t *testing.T) {
	addresses, _, stop := listeners(t)
	defer stop()
	const host = "Host: 127.0.0.1\r\n\r\n"
	long := strings.Repeat("a", 40_000)
	for _, tt := range []struct {
		name, sent string
		want       []int
		admin      []int // nil: the same
	}{
		{"a hundred in one go", strings.Repeat("GET /-/healthy HTTP/1.1\r\n"+host, 100), slices.Repeat([]int{200}, 100), nil},
		{"the last of them closes", strings.Repeat("GET /-/healthy HTTP/1.1\r\n"+host, 3) + "GET /-/healthy HTTP/1.1\r\nConnection: close\r\n" + host + "GET / HTTP/1.1\r\n" + host, []int{200, 200, 200, 200}, nil},
		{"long address", "GET /" + long + " HTTP/1.1\r\n" + host, []int{431}, nil},
		{"long query", "GET /-/healthy?" + long + " HTTP/1.1\r\n" + host, []int{431}, nil},
		{"long header", "GET /-/healthy HTTP/1.1\r\nX: " + long + "\r\n" + host, []int{431}, nil},
		{"many headers", "GET /-/healthy HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", 10_000) + host, []int{431}, nil},
		{"long method", long + " /-/healthy HTTP/1.1\r\n" + host, []int{431}, nil},
		{"no host", "GET /-/healthy HTTP/1.1\r\n\r\n", []int{400}, nil},
		{"host with a space", "GET /-/healthy HTTP/1.1\r\nHost: a b\r\n\r\n", []int{400}, nil},
		{"HTTP/1.0", "GET /-/healthy HTTP/1.0\r\n" + host, []int{200}, nil},
		{"HTTP/0.9", "GET /-/healthy\r\n", []int{400}, nil},
		{"HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{405}, []int{403}},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", []int{400}, nil},
		{"nothing", "", nil, nil},
		{"unknown expectation", "GET /-/healthy HTTP/1.1\r\nExpect: the worst\r\n" + host, []int{417}, nil},
		{"upgrade", "GET /-/healthy HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n" + host, []int{200}, nil},
		{"to a proxy", "GET http://evil.example/-/healthy HTTP/1.1\r\nHost: evil.example\r\n\r\n", []int{200}, []int{403}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, address := range addresses {
				want := tt.want
				if name == "admin" && tt.admin != nil { // which does not go by every name
					want = tt.admin
				}
				if got, err := exchange(address, []byte(tt.sent)); err != nil || !slices.Equal(got, want) {
					t.Errorf("%s: answers %v, %v; want %v", name, got, err, want)
				}
			}
		})
	}
}

// Every way of writing a path that means another one elsewhere means nothing here: there
// is no file behind a path, and no redirect.
func TestPathTricksLeadNowhere(t *testing.T) {
	addresses, _, stop := listeners(t)
	defer stop()
	for _, path := range []string{
		"//-/healthy", "/./-/healthy", "/x/../-/healthy", "/-/healthy/..", "/-//healthy", "/-/healthy/", "/-/Healthy", "/-/healthy;x=1", "/-/healthy%00", "/-/healthy%20",
		"/%2e%2e/-/healthy", "/..%2f-/healthy", "/..%5c-/healthy", `/..\-\healthy`, "/%252d/healthy", "/-%c0%afhealthy", "/-/healthy.json", "/-/healthy%0d%0aX:%20y",
		"/etc/passwd", "/../../../../etc/passwd", "/assets/../../../../etc/passwd", "/assets/..%2f..%2f..%2fetc%2fpasswd", "/assets/%2e%2e%2fpage.go", "/assets//etc/passwd",
		"/debug/pprof/../../-/healthy", "/debug/pprof/..%2f..%2f-/healthy", "/.git/config", "/.env",
	} {
		for name, address := range addresses {
			got, err := exchange(address, fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path))
			if err != nil || len(got) != 1 || got[0] != http.StatusNotFound && got[0] != http.StatusBadRequest {
				t.Errorf("%s: %s is answered %v, %v; want 404 or 400", name, path, got, err)
			}
		}
	}
}

// The public listener answers none of the admin listener's routes, and neither answers a
// method that a route does not have.
func TestMethodsAndRoutesThatAreNotThere(t *testing.T) {
	addresses, _, stop := listeners(t)
	defer stop()
	shared := []string{"/-/healthy", "/-/ready", "/openapi.json"}
	for path, operations := range mustSpec(t, openapi.Admin).Paths {
		path = strings.NewReplacer("{id}", "14", "{name}", "today", "{item}", "").Replace(path)
		for method := range operations {
			if slices.Contains(shared, path) {
				continue
			}
			method = strings.ToUpper(method)
			got, err := exchange(addresses["public"], fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", method, path, token))
			if err != nil || !slices.Equal(got, []int{404}) {
				t.Errorf("public: %s %s is answered %v, %v; want 404", method, path, got, err)
			}
		}
		if path == "/-/reload" || strings.HasPrefix(path, "/api/v1/database") || strings.HasPrefix(path, "/api/v1/snapshot") {
			continue // which this admin listener does not have
		}
		for _, method := range []string{"PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW", "get", "PROPFIND"} {
			got, err := exchange(addresses["admin"], fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n\r\n", method, path, token))
			if err != nil || !slices.Equal(got, []int{405}) {
				t.Errorf("admin: %s %s is answered %v, %v; want 405", method, path, got, err)
			}
		}
	}
}
