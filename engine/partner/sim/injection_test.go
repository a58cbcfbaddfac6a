package sim_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"invd/engine/partner/sim"
)

func TestEveryFaultIsTested(t *testing.T) {
	more := []sim.Fault{"etag", "stale", "flap"} // have tests of their own below
	faults := sim.Faults()
	for _, f := range faults {
		_, a := bodies[f]
		_, b := exact[f]
		_, c := statuses[f]
		_, d := resets[f]
		_, e := special[f]
		if !a && !b && !c && !d && !e && !slices.Contains(more, f) {
			t.Errorf("fault %q has no test", f)
		}
		if f.About() == "" {
			t.Errorf("fault %q says nothing about itself", f)
		}
	}
	slices.Sort(faults)
	if got := slices.Compact(slices.Clone(faults)); len(got) != len(faults) {
		t.Errorf("%d faults have %d names", len(faults), len(got))
	}
	if got := sim.Fault("no such").About(); got != "" {
		t.Errorf("About of no fault = %q", got)
	}
}

func TestETagAnswers304ToWhoHasIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := sim.New(sim.Options{})
		mustInject(t, p, sim.Injection{Fault: "etag"})
		a := ask(t, p, nil)
		tag := a.header.Get("ETag")
		if a.status != http.StatusOK || tag == "" {
			t.Fatalf("first answer %d with ETag %q, want 200 with one", a.status, tag)
		}
		a = ask(t, p, http.Header{"If-None-Match": {tag}})
		if a.status != http.StatusNotModified || len(a.body) != 0 {
			t.Errorf("with the tag %d and %d bytes, want 304 and none", a.status, len(a.body))
		}
		must(t, p.Book(14, tuesday, "04:00", 1))
		if a = ask(t, p, http.Header{"If-None-Match": {tag}}); a.status != http.StatusOK || a.header.Get("ETag") == tag {
			t.Errorf("after a booking %d with ETag %s, want 200 with another", a.status, a.header.Get("ETag"))
		}
	})
}

func TestStaleAnswersWhatWasTrueADayAgo(t *testing.T) {
	c := newClock()
	p := sim.New(sim.Options{Now: c.Now})
	before := p.Body(14, tuesday, c.now)
	must(t, p.Book(14, tuesday, "04:00", 1))
	mustInject(t, p, sim.Injection{Fault: "stale"})
	if got := get(p, target, "").Body.Bytes(); !bytes.Equal(got, before) {
		t.Errorf("stale answer\n%.300s\nwant\n%.300s", got, before)
	}
}

func TestFlapLosesASlotEveryOtherTime(t *testing.T) {
	p := sim.New(sim.Options{})
	mustInject(t, p, sim.Injection{Fault: "flap"})
	got := ""
	for range 4 {
		got += fmt.Sprint(strings.Count(get(p, target, "").Body.String(), "startDate"), " ")
	}
	if want := "8 9 8 9 "; got != want {
		t.Errorf("slots of four answers: %s, want %s", got, want)
	}
}

func TestInjectionsStrikeWhereAndAsOftenAsTheySay(t *testing.T) {
	const other = "/api/v1/inventory/14?date=2025-03-27"
	const next = "/api/v1/inventory/15?date=2025-03-30"
	for _, tt := range []struct {
		name   string
		inject []sim.Injection
		ask    []string
		want   []int
	}{
		{"all", []sim.Injection{{Fault: "500"}}, []string{target, other, next, target}, []int{500, 500, 500, 500}},
		{"a product", []sim.Injection{{Fault: "500", Product: 14}}, []string{target, other, next}, []int{500, 500, 200}},
		{"a key", []sim.Injection{{Fault: "500", Product: 14, Date: tuesday}}, []string{target, other, next}, []int{500, 200, 200}},
		{"a date", []sim.Injection{{Fault: "500", Date: tuesday}}, []string{target, other}, []int{500, 200}},
		{"twice", []sim.Injection{{Fault: "500", Times: 2}}, []string{target, other, next}, []int{500, 500, 200}},
		{
			"twice for a product", []sim.Injection{{Fault: "500", Product: 15, Times: 2}},
			[]string{next, target, next, next}, []int{500, 200, 500, 200},
		},
		{
			"one after the other", []sim.Injection{{Fault: "500", Times: 1}, {Fault: "404", Times: 2}},
			[]string{target, target, target, target}, []int{500, 404, 404, 200},
		},
		{
			"an edit does not use up an answer", []sim.Injection{{Fault: "bom", Times: 1}, {Fault: "500", Times: 1}},
			[]string{target, target}, []int{500, 200},
		},
	} {
		p := sim.New(sim.Options{})
		for _, i := range tt.inject {
			mustInject(t, p, i)
		}
		var got []int
		for _, url := range tt.ask {
			got = append(got, get(p, url, "").Code)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: statuses %v, want %v", tt.name, got, tt.want)
		}
		p.Clear()
		if got := get(p, target, "").Code; got != http.StatusOK {
			t.Errorf("%s: after Clear %d, want 200", tt.name, got)
		}
	}
}

func TestFaultsCompose(t *testing.T) {
	a, clean := spoiled(t, "slot-vanishes", "slot-vanishes", "wrapped", "bom", "gzip")
	got := string(unpack(a.body))
	if !strings.HasPrefix(got, "\xef\xbb\xbf{\"data\":[{\"startDate\":\"2025-03-25\",\"startTime\":\"05:00\"") {
		t.Errorf("body begins %.99q", got)
	}
	if !strings.HasSuffix(got, string(clean[len(clean)-2000:])+"}") {
		t.Errorf("body ends %q", got[len(got)-99:])
	}
}

func TestFaultsStrikeByChanceTheSameWayForTheSameSeed(t *testing.T) {
	strikes := func(seed uint64) string {
		p := sim.New(sim.Options{Seed: seed, Limit: -1})
		mustInject(t, p, sim.Injection{Fault: "500", Probability: 0.3})
		s := ""
		for range 1000 {
			s += fmt.Sprint(get(p, target, "").Code/100 - 2)
		}
		return s
	}
	a := strikes(1)
	if got := strings.Count(a, "3"); got < 250 || got > 350 {
		t.Errorf("%d of 1000 answers spoiled with probability 0.3", got)
	}
	if strikes(1) != a {
		t.Error("one seed, other strikes")
	}
	if strikes(2) == a {
		t.Error("two seeds, the same strikes")
	}
}

func TestWhatCannotBeInjectedIsRefused(t *testing.T) {
	p := sim.New(sim.Options{})
	for _, i := range []sim.Injection{{}, {Fault: "flood"}, {Fault: "500", Date: "tomorrow"}} {
		if err := p.Inject(i); err == nil {
			t.Errorf("Inject(%+v) = nil, want an error", i)
		}
	}
	if got := get(p, target, "").Code; got != http.StatusOK {
		t.Errorf("then an answer is %d, want 200", got)
	}
}

func TestFaultsUseUpTheLimit(t *testing.T) {
	p := sim.New(sim.Options{Limit: 2})
	mustInject(t, p, sim.Injection{Fault: "500"})
	for i, want := range []int{500, 500, 429} {
		if got := get(p, target, "").Code; got != want {
			t.Errorf("request %d = %d, want %d", i, got, want)
		}
	}
	if got, want := p.Stats(), (sim.Stats{Requests: 3, Refused: 1, Faulted: 2, Fullest: 3}); got != want {
		t.Errorf("Stats() = %+v, want %+v", got, want)
	}
}
