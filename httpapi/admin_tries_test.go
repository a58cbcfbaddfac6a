package httpapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// try has a change asked for from an address with a token, and returns the answer.
func try(h http.Handler, remote, shown string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/api/v1/pause", nil)
	r.RemoteAddr = remote
	r.Header.Set("Authorization", "Bearer "+shown)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Row A5 of the fault list.
func TestWhoGuessesTokensMustWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := new(heard)
		h, c, log := newTestAdmin(AdminOptions{Token: token, Observer: seen})
		const guessing, other = "192.0.2.7:4711", "192.0.2.8:4711"
		for n := range maxTries {
			if w := try(h, guessing, fmt.Sprint("guess ", n)); w.Code != 401 {
				t.Fatalf("guess %d = %d, want 401", n, w.Code)
			}
			time.Sleep(time.Second)
		}
		for _, shown := range []string{"one more", token} { // the right one is none
			w := try(h, guessing, shown)
			if w.Code != 429 || w.Header().Get("Retry-After") != "50" || w.Header().Get("WWW-Authenticate") != "" {
				t.Errorf("after %d guesses %q = %d, Retry-After %q; want 429 and 50", maxTries, shown, w.Code, w.Header().Get("Retry-After"))
			}
		}
		w := postForm(h, "/retry", url.Values{"key": {"14/2025-03-25"}, "token": {token}})
		if w.Code != 303 {
			t.Errorf("the page from another address = %d, want 303", w.Code)
		}
		if w := try(h, other, token); w.Code != 200 {
			t.Errorf("from another address = %d, want 200", w.Code)
		}
		if w := try(Trusted(h), guessing, "anything"); w.Code != 200 {
			t.Errorf("over the socket = %d, want 200", w.Code)
		}
		for range 1000 {
			try(h, guessing, "again and again")
		}
		if n := strings.Count(log.String(), `"msg":"admin change refused"`); n != maxTries {
			t.Errorf("%d lines of refusals, want one for each of %d tries", n, maxTries)
		}
		if strings.Contains(log.String(), "guess ") || !strings.Contains(log.String(), `"tries_left":0`) {
			t.Errorf("the log has a guess, or not how many are left: %s", log)
		}
		want := slices.Concat(slices.Repeat([]string{refusedWrongToken}, maxTries), slices.Repeat([]string{refusedTries}, 1002))
		if !slices.Equal(seen.refused, want) {
			t.Errorf("%d refusals were told, want %d wrong tokens and 1002 tries too many", len(seen.refused), maxTries)
		}
		time.Sleep(50 * time.Second)
		told := len(c.told)
		if w := try(h, guessing, token); w.Code != 200 || len(c.told) != told+1 {
			t.Errorf("a minute after the first guess the right token = %d, want 200", w.Code)
		}
	})
}

func TestWhoGuessesInTheFormMustWait(t *testing.T) {
	h, c, _ := newTestAdmin(AdminOptions{Token: token})
	form := url.Values{"key": {"14/2025-03-25"}, "token": {"wrong"}}
	for range maxTries {
		if w := postForm(h, "/retry", form); w.Code != 403 {
			t.Fatalf("a wrong token = %d, want 403", w.Code)
		}
	}
	form.Set("token", token)
	if w := postForm(h, "/retry", form); w.Code != 429 || w.Header().Get("Retry-After") == "" || len(c.told) > 0 {
		t.Errorf("after %d wrong tokens = %d, told %q; want 429 and nothing", maxTries, w.Code, c.told)
	}
}

// No token at all is no guess, and neither is what comes of another site.
func TestWhatIsNoGuessUsesUpNoTries(t *testing.T) {
	seen := new(heard)
	h, _, _ := newTestAdmin(AdminOptions{Token: token, Observer: seen})
	for range 10 * maxTries {
		ask(h, "POST", "/api/v1/pause")
		ask(h, "POST", "/api/v1/pause", "Authorization", "Bearer wrong", "Sec-Fetch-Site", "cross-site")
	}
	if w := post(h, "/api/v1/pause", ""); w.Code != 200 {
		t.Errorf("the right token = %d, want 200", w.Code)
	}
	if len(seen.refused) != 20*maxTries || seen.refused[0] != refusedNoToken || seen.refused[1] != refusedCrossSite {
		t.Errorf("told of %d refusals, want %d of no token and of another site in turn", len(seen.refused), 20*maxTries)
	}
}

func TestAddressesOfOneGuesser(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.7:1", "192.0.2.7:2", true},
		{"192.0.2.7:1", "192.0.2.8:1", false},
		{"192.0.2.7:1", "[::ffff:192.0.2.7]:1", true},
		{"[2001:db8::1]:1", "[2001:db8::ffff:1]:1", true},
		{"[2001:db8::1]:1", "[2001:db8:0:1::1]:1", false},
		{"[fe80::1%eth0]:1", "[fe80::2%eth1]:1", true},
		{"@", "", true},
	} {
		if same := guesserAt(tt.a) == guesserAt(tt.b); same != tt.same {
			t.Errorf("%s and %s are one: %v, want %v", tt.a, tt.b, same, tt.same)
		}
	}
}

// A guesser with any number of addresses has no more tries for it, and takes no more
// memory, than the table has room for.
func TestGuessersWithManyAddressesAreCountedTogether(t *testing.T) {
	var all tries
	now := time.Now()
	guesses := 0
	address := netip.MustParseAddr("10.0.0.0")
	for range 100_000 {
		address = address.Next()
		if wait, _ := all.check(guesserAt(netip.AddrPortFrom(address, 1).String()), now, false); wait == 0 {
			guesses++
		}
	}
	if guesses != maxGuessers+maxTries || len(all.all) != maxGuessers+1 {
		t.Errorf("100,000 addresses had %d guesses, %d are remembered; want %d and %d", guesses, len(all.all), maxGuessers+maxTries, maxGuessers+1)
	}
	if wait, _ := all.check(guesserAt("192.0.2.7:1"), now.Add(tryWindow), true); wait != 0 || len(all.all) > 0 {
		t.Errorf("a minute later the next must wait %v and %d are remembered; want none", wait, len(all.all))
	}
}
