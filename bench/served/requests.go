package served

import (
	"fmt"
	"math/rand/v2"
	"net/http"

	"invd/engine/inventory"
)

// SlotsPath returns where a key's slots are read.
func SlotsPath(k inventory.Key) string {
	return fmt.Sprintf("/api/v1/experience/%v/slots?date=%v", k.Product, k.Date)
}

// DatesPath returns where the dates of a key's product are read.
func DatesPath(k inventory.Key) string {
	return fmt.Sprintf("/api/v1/experience/%v/dates", k.Product)
}

// Requests returns a GET of each key's path, complete, with more header lines if
// any are given, each ending in CR LF.
func Requests(keys []inventory.Key, path func(inventory.Key) string, lines string) [][]byte {
	requests := make([][]byte, len(keys))
	for i, k := range keys {
		requests[i] = fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path(k), lines)
	}
	return requests
}

// Conditional returns the same GETs with the ETags that a server has now.
func Conditional(addr string, keys []inventory.Key, path func(inventory.Key) string) ([][]byte, error) {
	plain := http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer plain.CloseIdleConnections()
	requests := make([][]byte, len(keys))
	for i, k := range keys {
		answer, err := plain.Get("http://" + addr + path(k))
		if err != nil {
			return nil, err
		}
		_ = answer.Body.Close() // only its header is wanted
		line := fmt.Sprintf("If-None-Match: %s\r\n", answer.Header.Get("ETag"))
		requests[i] = Requests(keys[i:i+1], path, line)[0]
	}
	return requests, nil
}

// Products returns the first of each product's keys.
func Products(keys []inventory.Key) (first []inventory.Key) {
	seen := map[inventory.ProductID]bool{}
	for _, k := range keys {
		if !seen[k.Product] {
			seen[k.Product] = true
			first = append(first, k)
		}
	}
	return first
}

// Draw returns n of the keys, or all if there are no more, in random order; the
// same ones each time.
func Draw(keys []inventory.Key, n int) []inventory.Key {
	random := rand.New(rand.NewPCG(1, uint64(len(keys))))
	drawn := make([]inventory.Key, 0, n)
	for _, i := range random.Perm(len(keys))[:min(n, len(keys))] {
		drawn = append(drawn, keys[i])
	}
	return drawn
}
