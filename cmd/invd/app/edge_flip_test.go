package app_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// flip makes a world in which all products sell today, and then answer [].
func flip(t *testing.T) (e *edge, began time.Time) {
	e = newEdge(t, setup{products: 60, yaml: calm})
	for _, p := range e.conf.Products {
		e.open(p.ID, e.today)
	}
	e.startDaemon()
	time.Sleep(5 * time.Minute)
	for _, p := range e.conf.Products {
		if r := e.readSlots(p.ID, e.today); r.Code != http.StatusOK {
			t.Fatalf("product %d today = %d %s, want it open", p.ID, r.Code, r.State)
		}
		if err := e.partner.CloseDate(p.ID, e.today.String()); err != nil {
			t.Fatal(err)
		}
	}
	began = time.Now()
	for _, p := range e.conf.Products {
		e.refresh(p.ID, e.today)
	}
	return e, began
}

// closedDates counts the products whose today is closed to readers, and fails the
// test for those that are neither that nor open.
func (e *edge) closedDates() (n int) {
	e.t.Helper()
	for _, p := range e.conf.Products {
		switch r := e.readSlots(p.ID, e.today); {
		case r.Code == http.StatusNotFound && r.State == "closed":
			n++
		case r.Code != http.StatusOK:
			e.t.Errorf("product %d today = %d %s, want it open or closed", p.ID, r.Code, r.State)
		}
	}
	return n
}

// TestAPartnerThatClosesEverythingIsNotBelieved is edge case 3: some of its dates
// close before it is suspected, the others stay as they were.
func TestAPartnerThatClosesEverythingIsNotBelieved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, began := flip(t)
		time.Sleep(20 * time.Minute)
		if s := e.status().Source; s.State != "suspect" || !strings.Contains(s.Reason, "open dates were closed") {
			t.Errorf("#03 source %+v, want it suspect", s)
		}
		closed := e.closedDates()
		if closed == 0 || closed > 19 {
			t.Errorf("#03 %d of 60 dates were closed, want those before the twentieth answer at most", closed)
		}
		log := e.since(began)
		if n := len(log); n < 20+16 || n > 24+19 {
			t.Errorf("#03 %d requests in 20 minutes, want twenty, those in flight then and one a minute: %s", n, times(began, log))
		}
		for i, d := range gaps(log)[24:] {
			if d < time.Minute {
				t.Errorf("#03 probe %d came %s after the one before, want a minute", i+2, d)
			}
		}
		if jobs := e.jobs("state=done"); !strings.Contains(jobsText(jobs), "held") {
			t.Errorf("#03 no job ended as held: %s", jobsText(jobs))
		}

		for _, p := range e.conf.Products {
			e.open(p.ID, e.today)
		}
		time.Sleep(10 * time.Minute)
		if s := e.status().Source; s.State != "open" {
			t.Errorf("#03 source %+v after an open date was answered with slots, want it open", s)
		}
		time.Sleep(time.Hour)
		if n := e.closedDates(); n != 0 {
			t.Errorf("#03 %d dates are closed an hour after the partner came to its senses, want none", n)
		}
		e.checkLimit(30)
	})
}

// TestAPartnerThatKeepsClosingIsBelievedInTheEnd is what follows when it was true.
func TestAPartnerThatKeepsClosingIsBelievedInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, _ := flip(t)
		time.Sleep(55 * time.Minute)
		if n := e.closedDates(); n > 19 {
			t.Errorf("#03 %d dates were closed before the hour was over, want 19 at most", n)
		}
		time.Sleep(10 * time.Minute)
		if s := e.status().Source; s.State != "open" {
			t.Errorf("#03 source %+v after more than an hour, want it open", s)
		}
		time.Sleep(time.Hour)
		if n := e.closedDates(); n != 60 {
			t.Errorf("#03 %d dates are closed an hour after the partner was believed, want all 60", n)
		}
		e.checkLimit(30)
	})
}
