package httpapi

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/plan"
)

const datesOf14 = "/api/v1/experience/14/dates"

func TestHeadersOfA200(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, _ *heard) {
		for range 2 { // not cached, cached
			synctest.Wait()
			w := ask(p, "GET", tuesday)
			got := w.Result().Header
			etag := got.Get("Etag")
			if len(etag) != 18 || etag[0] != '"' || etag[17] != '"' {
				t.Errorf("ETag = %s; want a strong one of 16 digits", etag)
			}
			got.Del("Etag")
			key := inventory.Key{Product: 14, Date: mustDate(t, "2025-03-25")}
			due := testCatalogue(t).Rules.Next(0, key, noon.Add(-time.Minute)).Sub(noon)
			want := http.Header{
				"Content-Type":           {"application/json; charset=utf-8"},
				"Content-Length":         {strconv.Itoa(w.Body.Len())},
				"Last-Modified":          {"Tue, 25 Mar 2025 02:59:00 GMT"},
				"Age":                    {"60"},
				"Cache-Control":          {"max-age=" + seconds(due)},
				"Vary":                   {"Accept-Encoding, Origin"},
				"X-Content-Type-Options": {"nosniff"},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("headers (- want, + got):\n%s", diff)
			}
			if due < 0 || due > 15*time.Minute {
				t.Errorf("due in %v; want within the interval", due)
			}
		}
	})
}

// seconds returns whole seconds in decimal.
func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

func TestAgeAndMaxAgeFollowTheClock(t *testing.T) {
	today := mustDate(t, "2025-03-25")
	store := newFakeStore(record(14, today, noon, nightSafari(t, today)...))
	inBubble(t, store, func(t *testing.T, p *Public, _ *heard) {
		due := testCatalogue(t).Rules.Next(0, inventory.Key{Product: 14, Date: today}, noon)
		for _, after := range []time.Duration{0, 900 * time.Millisecond, 1100 * time.Millisecond, 10 * time.Minute, time.Hour} {
			time.Sleep(time.Until(noon.Add(after)))
			h := ask(p, "GET", tuesday).Result().Header
			age, control := seconds(after), "max-age="+seconds(max(0, time.Until(due)))
			if h.Get("Age") != age || h.Get("Cache-Control") != control {
				t.Errorf("%v after the check: Age %s, Cache-Control %s; want %s, %s", after, h.Get("Age"), h.Get("Cache-Control"), age, control)
			}
		}
		// The partner confirms: nothing else than the age may change.
		before := ask(p, "GET", tuesday).Result().Header
		synctest.Wait()
		confirmed := record(14, today, time.Now(), nightSafari(t, today)...)
		confirmed.ChangedAt = noon.Add(-time.Hour)
		store.put(confirmed)
		after := ask(p, "GET", tuesday).Result().Header
		if after.Get("Age") != "0" || after.Get("Etag") != before.Get("Etag") || after.Get("Last-Modified") != before.Get("Last-Modified") {
			t.Errorf("after a confirmation: %v; want Age 0 and the ETag and Last-Modified of %v", after, before)
		}
		// The wall clock was set back.
		store.put(record(14, today, time.Now().Add(time.Hour), nightSafari(t, today)...))
		if got := ask(p, "GET", tuesday).Result().Header.Get("Age"); got != "0" {
			t.Errorf("Age of an answer from the future = %s; want 0", got)
		}
	})
}

func TestAReloadedRuleChangesMaxAgeAtOnce(t *testing.T) {
	catalogue := testCatalogue(t)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(noon))
		p := mustPublic(t, PublicOptions{Reader: mirrored(t), Catalogue: func() *plan.Catalogue { return catalogue }, CacheBytes: 1 << 20})
		defer p.Close()
		before := ask(p, "GET", tuesday).Result().Header.Get("Cache-Control")
		synctest.Wait() // now it is cached
		rare := []plan.Schedule{{Name: "rare", Days: 1, Every: 1000 * time.Hour}}
		catalogue = plan.NewCatalogue(plan.NewRules(rare), catalogue.Products())
		due := catalogue.Rules.Next(0, inventory.Key{Product: 14, Date: mustDate(t, "2025-03-25")}, noon.Add(-time.Minute))
		if got, want := ask(p, "GET", tuesday).Result().Header.Get("Cache-Control"), "max-age="+seconds(time.Until(due)); got != want || got == before {
			t.Errorf("Cache-Control under the new rules = %s, %s before; want %s", got, before, want)
		}
	})
}

func TestAtMidnightADateFollowsTheScheduleOfItsNewDay(t *testing.T) {
	k := inventory.Key{Product: 14, Date: mustDate(t, "2025-03-26")}
	late := noon.Add(11*time.Hour + 55*time.Minute) // five minutes before midnight
	store := newFakeStore(record(14, k.Date, late, nightSafari(t, k.Date)...))
	inBubble(t, store, func(t *testing.T, p *Public, _ *heard) {
		rules := testCatalogue(t).Rules
		for _, tt := range []struct {
			after    time.Duration
			schedule int
		}{{time.Minute, 1}, {2 * time.Minute, 1}, {5 * time.Minute, 0}, {6 * time.Minute, 0}} {
			time.Sleep(time.Until(late.Add(tt.after)))
			want := "max-age=" + seconds(max(0, time.Until(rules.Next(tt.schedule, k, late))))
			if got := ask(p, "GET", wednesday).Result().Header.Get("Cache-Control"); got != want {
				t.Errorf("%v after the check: %s; want %s", tt.after, got, want)
			}
		}
	})
}

func TestMaxAgeOfDatesIsTheFirstTickOfAnOpenDay(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, _ *heard) {
		rules := testCatalogue(t).Rules
		today := mustDate(t, "2025-03-25")
		for range 5 {
			var due time.Time
			for _, ahead := range []int{0, 4, 5, 7, 9, 11, 12} { // the open ones
				k := inventory.Key{Product: 14, Date: today.AddDays(ahead)}
				i, _ := rules.Of(today, k.Date)
				if tick := plan.Tick(k, rules.Interval(i), time.Now()); due.IsZero() || tick.Before(due) {
					due = tick
				}
			}
			h := ask(p, "GET", datesOf14).Result().Header
			if got, want := h.Get("Cache-Control"), "max-age="+seconds(time.Until(due)); got != want {
				t.Errorf("%v: %s; want %s", time.Now(), got, want)
			}
			time.Sleep(7 * time.Minute)
		}
		h := ask(p, "GET", datesOf14).Result().Header
		// The oldest open day, 2025-04-06, was checked 13 minutes before noon.
		if got := h.Get("Age"); got != "2880" {
			t.Errorf("Age = %s after 35 minutes; want 2880", got)
		}
		if got, want := h.Get("Last-Modified"), "Tue, 25 Mar 2025 02:59:00 GMT"; got != want {
			t.Errorf("Last-Modified = %s; want %s, the last change of a day", got, want)
		}
		time.Sleep(12 * time.Hour)
		if got, want := ask(p, "GET", datesOf14).Result().Header.Get("Last-Modified"), "Tue, 25 Mar 2025 16:00:00 GMT"; got != want {
			t.Errorf("Last-Modified = %s; want %s, the product's midnight", got, want)
		}
	})
}

func TestConditionalRequests(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, _ *heard) {
		for _, path := range []string{tuesday, datesOf14} {
			tag := ask(p, "GET", path).Result().Header.Get("Etag")
			zipped := ask(p, "GET", path, "Accept-Encoding", "gzip").Result().Header.Get("Etag")
			if zipped != strings.TrimSuffix(tag, `"`)+`-gzip"` && len(ask(p, "GET", path).Body.Bytes()) >= zipFrom {
				t.Errorf("%s: ETag of the zipped body = %s, of the plain one %s; want them to differ by -gzip", path, zipped, tag)
			}
			for _, tt := range []struct {
				match string
				code  int
				tag   string
			}{
				{tag, 304, tag},
				{zipped, 304, zipped},
				{"*", 304, tag},
				{"W/" + tag, 304, tag},
				{`"a", W/"b,c" , ` + tag + `,"d"`, 304, tag},
				{`"a"`, 200, tag},
				{`garbage`, 200, tag},
				{`garbage, ` + tag, 200, tag},
				{`"a" ` + tag, 200, tag},
				{`"` + tag, 200, tag},
				{tag[:10], 200, tag},
				{`*, "a"`, 200, tag},
				{``, 200, tag},
			} {
				w := ask(p, "GET", path, "If-None-Match", tt.match)
				h := w.Result().Header
				if w.Code != tt.code || h.Get("Etag") != tt.tag {
					t.Errorf("%s: If-None-Match: %s = %d, ETag %s; want %d, %s", path, tt.match, w.Code, h.Get("Etag"), tt.code, tt.tag)
				}
				if w.Code != 304 {
					continue
				}
				got := slices.Sorted(maps.Keys(h))
				want := []string{"Age", "Cache-Control", "Etag", "Last-Modified", "Vary", "X-Content-Type-Options"}
				if diff := cmp.Diff(want, got); diff != "" || w.Body.Len() > 0 {
					t.Errorf("304 has a body of %d bytes and headers (- want, + got):\n%s", w.Body.Len(), diff)
				}
			}
			if w := ask(p, "GET", path, "If-None-Match", `"a"`, "If-None-Match", tag); w.Code != 304 {
				t.Errorf("%s: a list over two lines = %d; want 304", path, w.Code)
			}
		}
	})
}

func TestTheETagChangesExactlyWithTheContent(t *testing.T) {
	today := mustDate(t, "2025-03-25")
	etag := func(slots []inventory.Slot, checked time.Time) (tag string) {
		inBubble(t, newFakeStore(record(14, today, checked, slots...)), func(t *testing.T, p *Public, _ *heard) {
			tag = ask(p, "GET", tuesday).Result().Header.Get("Etag")
		})
		return tag
	}
	first := etag(nightSafari(t, today), noon)
	if again := etag(nightSafari(t, today), noon.Add(-5*time.Hour)); again != first {
		t.Errorf("after a restart, with the same content: %s; want %s", again, first)
	}
	one := nightSafari(t, today)
	one[3].Remaining--
	if changed := etag(one, noon); changed == first {
		t.Errorf("with one place less: %s again; want another", changed)
	}
}

func TestGzip(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, _ *heard) {
		want := ask(p, "GET", tuesday).Body.Bytes()
		synctest.Wait()
		for range 2 { // compressed now, compressed before
			w := ask(p, "GET", tuesday, "Accept-Encoding", "br, gzip")
			h := w.Result().Header
			if h.Get("Content-Encoding") != "gzip" || h.Get("Content-Length") != strconv.Itoa(w.Body.Len()) {
				t.Fatalf("Content-Encoding %q, Content-Length %s of %d bytes; want gzip, the same", h.Get("Content-Encoding"), h.Get("Content-Length"), w.Body.Len())
			}
			r, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
				t.Errorf("unzipped: %s, %v; want what is sent plain", got, err)
			}
		}
		small := ask(p, "GET", "/api/v1/experience/15/slots?date=2025-03-30", "Accept-Encoding", "gzip").Result().Header
		if got := small.Get("Content-Encoding"); got != "" {
			t.Errorf("Content-Encoding of a small body = %q; want none", got)
		}
	})
}

func TestHeadHasTheHeadersOfGet(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, _ *heard) {
		for _, path := range []string{tuesday, datesOf14, wednesday, slotsOf14 + "2025-05-01", slotsOf14, "/nowhere"} {
			get, head := ask(p, "GET", path), ask(p, "HEAD", path)
			a, b := get.Result().Header, head.Result().Header
			if path == "/nowhere" { // the message names the method
				a.Del("Content-Length")
				b.Del("Content-Length")
			}
			if diff := cmp.Diff(a, b); diff != "" || get.Code != head.Code {
				t.Errorf("%s: HEAD %d differs from GET %d (- GET, + HEAD):\n%s", path, head.Code, get.Code, diff)
			}
		}
		if n := ask(p, "HEAD", tuesday).Body.Len(); n != 0 {
			t.Errorf("HEAD wrote %d bytes; want none", n)
		}
	})
}

func TestClosedIsDataAndUnknownIsNot(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, o *heard) {
		closed := ask(p, "GET", wednesday).Result().Header
		if closed.Get("Age") != "120" || !strings.HasPrefix(closed.Get("Cache-Control"), "max-age=") {
			t.Errorf("closed: Age %q, Cache-Control %q; want 120 and max-age", closed.Get("Age"), closed.Get("Cache-Control"))
		}
		unknown := ask(p, "GET", slotsOf14+"2025-05-01").Result().Header
		if unknown.Get("Age") != "" || unknown.Get("Cache-Control") != "no-store" || unknown.Get("Retry-After") != "30" {
			t.Errorf("unknown: %v; want no Age, no-store, Retry-After 30", unknown)
		}
		if diff := cmp.Diff([]read{{"week", true, 2 * time.Minute}}, o.reads); diff != "" {
			t.Errorf("reads (- want, + got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"season"}, o.never); diff != "" {
			t.Errorf("reads of what was never fetched (- want, + got):\n%s", diff)
		}
	})
}

func TestOtherOriginsMayRead(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, _ *heard) {
		for _, path := range []string{tuesday, wednesday, slotsOf14 + "x"} {
			if got := ask(p, "GET", path, "Origin", "https://shop.example").Result().Header.Get("Access-Control-Allow-Origin"); got != "*" {
				t.Errorf("%s: Access-Control-Allow-Origin = %q; want *", path, got)
			}
		}
		h := ask(p, "OPTIONS", tuesday, "Origin", "https://shop.example").Result().Header
		if h.Get("Allow") != "GET, HEAD, OPTIONS" || h.Get("Access-Control-Allow-Headers") != "If-None-Match" {
			t.Errorf("OPTIONS: %v; want Allow: GET, HEAD, OPTIONS and leave to send If-None-Match", h)
		}
		if got := ask(p, "POST", tuesday).Result().Header.Get("Allow"); got != "GET, HEAD, OPTIONS" {
			t.Errorf("Allow of a 405 = %q; want GET, HEAD, OPTIONS", got)
		}
	})
}
