package app_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/partner/sim"
)

// TestARefusedKeyIsProbedOnceAMinute is edge case 15.
func TestARefusedKeyIsProbedOnceAMinute(t *testing.T) {
	for _, fault := range []sim.Fault{"401", "403"} {
		t.Run("#15_"+string(fault), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, setup{products: 12, yaml: calm})
				e.startDaemon()
				time.Sleep(2 * time.Minute)
				before := e.readSlots(16, e.today)
				e.inject(sim.Injection{Fault: fault})
				began := time.Now()
				for _, p := range e.conf.Products {
					e.refresh(p.ID, e.today)
				}
				time.Sleep(20*time.Minute + 30*time.Second)
				log := e.since(began)
				if n := len(log); n < 21 || n > 4+20 {
					t.Errorf("%d requests in 20 minutes, want those in flight at first and then one a minute: %s", n, times(began, log))
				}
				for i, d := range gaps(log) {
					if d != 0 && d < time.Minute {
						t.Errorf("request %d came %s after the one before, want a minute", i+2, d)
					}
				}
				if s := e.status().Source; s.State != "unauthorized" || s.BlockedUntil.IsZero() || s.Failures != 0 {
					t.Errorf("source %+v, want it unauthorized until the next probe, no failure counted", s)
				}
				if x := e.explain(17, e.today); x.Place != "queue" || x.Source.State != "unauthorized" {
					t.Errorf("explained as %q in %s, want it waiting in the queue for the source", x.Verdict, x.Place)
				}
				after := e.readSlots(16, e.today)
				if after.Age = before.Age; after != before {
					t.Errorf("/slots = %+v, want what was there before: %+v", after, before)
				}
				e.partner.Clear()
				e.refresh(25, e.today) // counts as the probe, it does not open the gate
				cleared := time.Now()
				time.Sleep(2 * time.Minute)
				if d := e.since(cleared)[0].Time.Sub(log[len(log)-1].Time); d < time.Minute || d > time.Minute+time.Second {
					t.Errorf("the request after the last probe came after %s, want a minute", d)
				}
				for _, p := range e.conf.Products {
					if j := e.jobs("product=" + itoa(uint64(p.ID)) + "&limit=1")[0]; j.State != "done" || j.Attempts != 1 {
						t.Errorf("product %d: job %+v, want it done with one attempt charged", p.ID, j)
					}
				}
				e.checkLimit(30)
			})
		})
	}
}

// TestTheBreaker fails ten requests and then every probe.
func TestTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 30, yaml: calm})
		e.startDaemon()
		time.Sleep(3 * time.Minute)
		e.inject(sim.Injection{Fault: "502"})
		began := time.Now()
		for _, p := range e.conf.Products {
			e.refresh(p.ID, e.today)
		}
		time.Sleep(time.Second)
		if s := e.status().Source; s.State != "broken" || s.Failures < 10 {
			t.Errorf("source %+v, want it broken after ten failures", s)
		}
		n := len(e.since(began))
		if n < 10 || n > 13 {
			t.Errorf("%d requests before the circuit broke, want ten and those in flight then", n)
		}
		time.Sleep(25 * time.Minute)
		log := e.since(began)
		probes := gaps(log)[n-1:]
		wait := 30 * time.Second
		for i, d := range probes {
			if d < wait || d > min(wait+wait/10, 5*time.Minute)+time.Second {
				t.Errorf("probe %d came after %s, want %s and a tenth of jitter: %s", i+1, d, wait, times(began, log))
			}
			wait = min(2*wait, 5*time.Minute)
		}
		if len(probes) < 6 {
			t.Errorf("%d probes in 25 minutes, want more", len(probes))
		}
		e.refresh(20, e.today) // does not make the next probe come any sooner
		asked := time.Now()
		e.partner.Clear()
		time.Sleep(6 * time.Minute)
		if d := e.since(asked)[0].Time.Sub(log[len(log)-1].Time); d < 5*time.Minute {
			t.Errorf("the probe after a refresh came %s after the one before, want 5 minutes", d)
		}
		if s := e.status().Source; s.State != "open" || s.Failures != 0 {
			t.Errorf("source %+v, want it open again", s)
		}
		time.Sleep(time.Hour) // jobs that died meanwhile are made anew
		for _, p := range e.conf.Products {
			if x := e.explain(p.ID, e.today); x.Checked.Before(asked) {
				t.Errorf("product %d was last checked %s, want it fetched since the partner is well: %s", p.ID, x.Checked, x.Verdict)
			}
		}
		e.checkLimit(30)
	})
}

// TestAnUnknownProduct is edge case 17.
func TestAnUnknownProduct(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 4, yaml: "schedules: [{name: today, days: 1, every: 15m}, {name: week, days: 7, every: 4h}]\n"})
		e.open(16, e.today)
		e.startDaemon()
		time.Sleep(20 * time.Minute)
		e.inject(sim.Injection{Fault: "404", Product: 16})
		e.refresh(16, e.today)
		time.Sleep(time.Second)
		if p, x := e.product(16), e.explain(16, e.today); p.State != "active" || x.Job != nil || x.Place != "wheel" || time.Until(x.Due) > 15*time.Minute {
			t.Errorf("#17 after one 404 the product is %s and today %+v, want it active and today due within 15 minutes", p.State, x)
		}
		time.Sleep(2 * time.Hour)
		if p, st := e.product(16), e.status(); p.State != "gone" || st.Products.Gone != 1 {
			t.Errorf("#17 after two hours of 404 the product is %s, %+v; want it gone", p.State, st.Products)
		}
		if r := e.readSlots(16, e.today); r.Code != http.StatusOK {
			t.Errorf("#17 /slots of a product that is gone = %d, want what is stored", r.Code)
		}
		suspended := time.Now()
		time.Sleep(20 * time.Hour)
		e.stop()
		e.startDaemon()
		time.Sleep(52*time.Hour + 20*time.Minute)
		log := of(16, e.since(time.Time{}))
		n := len(of(16, e.since(suspended)))
		if log = log[len(log)-n-1:]; n != 3 { // and the last one before
			t.Errorf("#17 requests in three days and a restart: %s\nwant one a day", times(suspended, log))
		}
		for i, d := range gaps(log) {
			if d < 24*time.Hour || d > 24*time.Hour+time.Minute {
				t.Errorf("#17 probe %d came %s after the one before, want a day", i+2, d)
			}
		}
		if n := len(of(17, e.since(suspended))); n < 3*96 {
			t.Errorf("#17 %d requests for another product, want %d at least", n, 3*96)
		}
		today := e.product(16).Today
		if x := e.explain(16, today.AddDays(2)); x.Place != "parked" {
			t.Errorf("#17 a date of a product that is gone is in place %s: %s; want it parked", x.Place, x.Verdict)
		}

		e.partner.Clear()
		time.Sleep(24 * time.Hour)
		if p := e.product(16); p.State != "active" || p.Keys.Stale+p.Keys.Never > 0 {
			t.Errorf("#17 a day after it came back the product is %s with keys %+v, want it active and all of them fresh", p.State, p.Keys)
		}
		e.checkLimit(30)
	})
}

// TestAProductThatIsGoneComesBackWithARefresh shows that the date of today, which
// was the one to be probed, is fetched again like the others.
func TestAProductThatIsGoneComesBackWithARefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 3, yaml: "schedules: [{name: today, days: 1, every: 15m}, {name: week, days: 7, every: 4h}]\n"})
		e.startDaemon()
		time.Sleep(10 * time.Minute)
		e.inject(sim.Injection{Fault: "404", Product: 16})
		time.Sleep(5 * time.Hour)
		if p := e.product(16); p.State != "gone" {
			t.Fatalf("after five hours of 404 the product is %s, want it gone", p.State)
		}
		e.partner.Clear()
		began := time.Now()
		e.refresh(16, e.today.AddDays(3))
		time.Sleep(30 * time.Minute)
		if p := e.product(16); p.State != "active" || p.Keys.Stale+p.Keys.Never > 0 {
			t.Errorf("#17 half an hour after a refresh that was answered the product is %s with keys %+v, want it active and all of them fresh", p.State, p.Keys)
		}
		if log := on(e.today, of(16, e.since(began))); len(log) < 2 {
			t.Errorf("#17 requests for today since then: %s\nwant one every 15 minutes", times(began, log))
		}
		e.checkLimit(30)
	})
}
