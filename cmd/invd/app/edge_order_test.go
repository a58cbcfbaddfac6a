package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invd/cmd/invd/config"
	"invd/engine/partner/sim"
)

// TestARefreshOvertakesTheBacklog asks for the last date of the last product while
// 600 keys wait. Every fifth request is kept for what waits longest, so there may be
// one before it.
func TestARefreshOvertakesTheBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 10, partner: "limits: [{requests: 1, per: 2s}]"})
		e.startDaemon()
		time.Sleep(2 * time.Minute)
		last := e.today.AddDays(59)
		for _, product := range []int64{23, 20, 17} {
			before := e.explain(product, last)
			if before.Place != "queue" || before.Job == nil {
				t.Fatalf("%d/%s is %+v, want it waiting with a job", product, last, before)
			}
			asked := time.Now()
			e.refresh(product, last)
			if x := e.explain(product, last); x.Band != "on-demand" || x.Ahead > 0 || x.Job.ID != before.Job.ID {
				t.Errorf("after a refresh %d/%s waits in band %s behind %d with job %d; want on-demand, 0 and its job %d raised", product, last, x.Band, x.Ahead, x.Job.ID, before.Job.ID)
			}
			time.Sleep(5 * time.Second)
			log := e.since(asked)
			if len(on(last, of(product, log[:min(2, len(log))]))) != 1 {
				t.Errorf("after a refresh of %d/%s came %s\nwant it first or second", product, last, times(asked, log))
			}
			if jobs := e.jobs(fmt.Sprintf("state=done&product=%d", product)); jobs[0].ID != before.Job.ID && jobs[1].ID != before.Job.ID {
				t.Errorf("jobs done: %s\nwant %d among the latest", jobsText(jobs[:2]), before.Job.ID)
			}
		}
		e.checkWindows(1, 2*time.Second)
	})
}

// TestARefreshOfARunningKeyFetchesItOnceMore holds edge cases 50 and 51: one call at
// a time for a key, and the later answer is the one that stays.
func TestARefreshOfARunningKeyFetchesItOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 3, yaml: calm})
		e.startDaemon()
		time.Sleep(2 * time.Minute)
		day := fmt.Sprintf(partnerDay, e.today)
		e.set(16, e.today, day)
		e.inject(sim.Injection{Fault: "late", Product: 16, Times: 1}) // it tells 5 s later what is true now
		began := time.Now()
		e.refresh(16, e.today)
		time.Sleep(time.Second)
		e.set(16, e.today, strings.ReplaceAll(day, `"remaining":2000`, `"remaining":7`))
		for range 3 {
			e.refresh(16, e.today)
		}
		if x := e.explain(16, e.today); x.Place != "worker" {
			t.Fatalf("%+v, want it with a worker", x)
		}
		time.Sleep(10 * time.Minute)
		log := of(16, e.since(began))
		if len(log) != 2 || log[1].Time.Sub(log[0].Time) < 5*time.Second {
			t.Errorf("#51 requests: %s\nwant one more after the running one", times(began, log))
		}
		if r := e.readSlots(16, e.today); !strings.Contains(r.Body, `"remaining":7,`) {
			t.Errorf("#50 /slots = %s, want the later answer", r.Body)
		}
		e.checkDone("product=16&limit=2", 2)
	})
}

// TestAProductThatIsNotConfiguredAnyMore is edge case 53.
func TestAProductThatIsNotConfiguredAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 4, yaml: week})
		e.startDaemon()
		time.Sleep(2 * time.Minute)
		e.inject(sim.Injection{Fault: "429-reset-year"}) // what is asked for next waits
		e.refresh(16, e.today)
		time.Sleep(time.Second)
		e.refresh(17, e.today)
		e.stop()
		e.partner.Clear()
		var left []config.Product
		for _, p := range e.conf.Products {
			if p.ID != 17 {
				left = append(left, p)
			}
		}
		e.conf.Products = left
		began := time.Now()
		e.startDaemon()
		time.Sleep(time.Hour)
		if log := of(17, e.since(began)); len(log) != 0 {
			t.Errorf("#53 requests for a product that is gone from the configuration: %s\nwant none", times(began, log))
		}
		if j := e.jobs("product=17")[0]; j.State != "canceled" || j.Outcome != "dropped" {
			t.Errorf("#53 its job %+v, want it canceled", j)
		}
		if j := e.jobs("product=16&state=done")[0]; j.Finished.Before(began) {
			t.Errorf("#53 another product's latest job %+v, want it done since", j)
		}
		if r := e.readSlots(17, e.today); r.Code != http.StatusNotFound || r.State != "unknown" {
			t.Errorf("#53 /slots of it = %+v, want 404 unknown", r)
		}
		e.checkLimit(30)
		e.stop()
		e.checkFile()
	})
}

// TestAClosedDateThatOpensIsFound is edge case 59: closed dates are asked for as
// often as open ones.
func TestAClosedDateThatOpensIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 3, yaml: week})
		if err := e.partner.CloseDate(16, e.today.String()); err != nil {
			t.Fatal(err)
		}
		e.startDaemon()
		time.Sleep(10 * time.Hour)
		if r := e.readSlots(16, e.today); r.State != "closed" {
			t.Fatalf("/slots = %+v, want it closed", r)
		}
		e.open(16, e.today)
		time.Sleep(17 * time.Minute)
		if r := e.readSlots(16, e.today); r.Code != http.StatusOK {
			t.Errorf("#59 17 minutes after it opened /slots = %+v, want 200", r)
		}
	})
}

// TestMidnightDuringASweep is edge case 54: a thousand keys wait when the day
// changes, among them yesterday's, behind a hold.
func TestMidnightDuringASweep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 20, start: monday.Add(23*time.Hour + 50*time.Minute)})
		e.startDaemon()
		time.Sleep(8 * time.Minute)
		e.inject(sim.Injection{Fault: "429-reset-year", Times: 1})
		for _, p := range e.conf.Products {
			e.refresh(p.ID, e.today)
		}
		time.Sleep(2*time.Minute + time.Second)
		midnight := time.Now()
		for _, p := range e.conf.Products {
			if r := e.readSlots(p.ID, e.today); r.Code != http.StatusNotFound || r.State != "unknown" {
				t.Errorf("#54 a second after midnight yesterday = %d %s, want 404 unknown", r.Code, r.State)
			}
		}
		canceled := e.jobs("state=canceled")
		for _, j := range canceled {
			if j.Date != e.today || j.Outcome != "dropped" {
				t.Errorf("#54 job %+v is canceled, want those for yesterday only", j)
			}
		}
		if len(canceled) < 10 { // a few were answered before the first was refused
			t.Errorf("#54 canceled jobs: %s\nwant one for most products", jobsText(canceled))
		}
		time.Sleep(55 * time.Minute)
		log := e.since(midnight)
		if yesterday := on(e.today, log); len(yesterday) != 0 {
			t.Errorf("#54 requests for yesterday: %s\nwant none", times(midnight, yesterday))
		}
		if last := on(e.today.AddDays(60), log); len(last) < 20 {
			t.Errorf("#54 %d requests for the new last date, want one of each product", len(last))
		}
		for _, p := range e.conf.Products {
			if row := e.product(p.ID); len(row.Dates) != 60 || row.Keys.Never > 0 {
				t.Errorf("#54 product %d has %d dates, %+v; want 60 and none of them never fetched", p.ID, len(row.Dates), row.Keys)
			}
		}
		e.checkLimit(30)
		e.stop()
		e.checkFile()
	})
}
