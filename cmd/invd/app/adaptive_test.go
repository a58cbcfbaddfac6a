//go:build !race

// Days of virtual time take minutes under the race detector, where shorter tests run the
// same goroutines.

package app_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invd/cmd/invd/config"
	"invd/engine/inventory"
	"invd/engine/report"
	"invd/storage"
)

// tight is a budget of 4 requests a minute, for 20 products of 60 dates.
const tight = "limits: [{requests: 4, per: 1m}]"

func (w *world) today() inventory.Date {
	return inventory.DateOf(time.Now().In(mustZone(w.t, "Asia/Singapore")))
}

// reader reads a product's next three dates every minute until stop is called, which
// returns when the last answer is in: a daemon that stops meanwhile would refuse it.
func (w *world) reader(product int64) (stop func()) {
	enough, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-enough:
				return
			case <-time.After(time.Minute):
			}
			for ahead := range 3 {
				w.slots(product, w.today().AddDays(ahead))
			}
		}
	}()
	return func() {
		close(enough)
		<-ended
	}
}

// near counts the requests so far for a product's dates from from to to.
func (w *world) near(product int64, from, to inventory.Date) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for date := from; date <= to; date++ {
		n += w.asked[inventory.Key{Product: inventory.ProductID(product), Date: date}]
	}
	return n
}

func TestAnAdaptiveDaemonAsksMostForWhatIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 20, start: monday.Add(time.Hour), partner: tight, yaml: "refresh: {policy: adaptive}\n"})
		w.startDaemon()
		stop := w.reader(20)
		time.Sleep(12 * time.Hour)
		first, last := w.today(), w.today().AddDays(4)
		before := map[int64]int{}
		for id := int64(16); id < 34; id++ {
			before[id] = w.near(id, first, last)
		}
		time.Sleep(2 * 24 * time.Hour)
		stop()
		busy, most := w.near(20, first, last)-before[20], 0
		for id, n := range before {
			if id != 20 {
				most = max(most, w.near(id, first, last)-n)
			}
		}
		if busy < 2*most {
			t.Errorf("%d requests for the product that is read, %d for the next: want twice as many at least", busy, most)
		}
		st := w.status()
		if st.Policy != "adaptive" || st.Planner == nil || st.Planner.Price <= 0 || st.Planner.Unseen > 0 {
			t.Errorf("status: policy %q, planner %+v; want adaptive, a price and nothing unseen", st.Policy, st.Planner)
		}
		var e report.Explanation
		w.ask(fmt.Sprintf("/api/v1/explain?product=20&date=%s", w.today().AddDays(1)), &e)
		if x := e.Estimate; x == nil || x.ReadsPerDay < 1000 || x.StillTrue <= 0 || x.StillTrue > 1 || !strings.Contains(e.Verdict, "worth") {
			t.Errorf("explain: %q, estimate %+v; want 1,440 reads a day seen and a worth named", e.Verdict, x)
		}
		w.checkLimit(4)
		w.stop()
		w.checkFile()
	})
}

// TestAnAdaptiveDaemonKeepsMaxAge looks every hour of four days, the first left
// out: what nobody reads is as old as max_age allows, and no older.
func TestAnAdaptiveDaemonKeepsMaxAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 20, start: monday.Add(time.Hour), partner: tight, yaml: "refresh: {policy: adaptive}\n"})
		w.startDaemon()
		time.Sleep(24 * time.Hour)
		bounds := map[string]float64{"today": 2, "week": 12, "month": 48, "season": 96}
		for range 3 * 24 {
			time.Sleep(time.Hour)
			stretch := w.status().Stretch
			for id := int64(16); id < 34; id++ {
				for _, d := range w.product(id).Dates {
					if d.State != "open" || d.Schedule == "today" && time.Now().In(mustZone(t, "Asia/Singapore")).Hour() >= 9 {
						continue // it may be over
					}
					if most := bounds[d.Schedule] * stretch * 3600; d.AgeSeconds > most {
						t.Errorf("%d on %s (%s) is %.1f h old at a stretch of %.2f", id, d.Date, d.Schedule, d.AgeSeconds/3600, stretch)
					}
				}
			}
		}
		w.checkLimit(4)
	})
}

// TestWhatWasLearnedSurvivesARestart restarts, reloads, and starts once more on a
// record that is damaged.
func TestWhatWasLearnedSurvivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 5, start: monday.Add(time.Hour), partner: tight, yaml: "refresh: {policy: adaptive}\n"})
		w.load = func() (*config.Config, error) { return w.conf, nil }
		w.startDaemon()
		stop := w.reader(17)
		time.Sleep(12 * time.Hour)
		stop()
		learned := w.reads(17)
		if learned < 500 {
			t.Fatalf("%.0f reads a day learned, want 1,440 or so", learned)
		}
		if resp, b := w.post("/-/reload", ""); resp.StatusCode != http.StatusOK {
			t.Fatalf("reload: %s %s", resp.Status, b)
		}
		if got := w.reads(17); got < .8*learned {
			t.Errorf("after a reload %.0f reads a day, were %.0f", got, learned)
		}
		w.stop()
		w.checkFile()
		w.startDaemon()
		if got := w.reads(17); got < .8*learned {
			t.Errorf("after a restart %.0f reads a day, were %.0f", got, learned)
		}
		w.stop()
		store, err := storage.Open(w.dir, storage.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(store.PutLearned([]storage.Learned{{Product: 17, Data: []byte("?")}}), store.Close()); err != nil {
			t.Fatal(err)
		}
		w.startDaemon()
		if got := w.reads(17); got > .5*learned {
			t.Errorf("with a record that says nothing %.0f reads a day, want a prior", got)
		}
		if !strings.Contains(w.logs.String(), "learned state not read") {
			t.Errorf("the log does not say so:\n%s", w.logs)
		}
	})
}

// reads returns the reads a day that are learned of a product's date of tomorrow.
func (w *world) reads(product int64) float64 {
	w.t.Helper()
	synctest.Wait()
	var e report.Explanation
	w.ask(fmt.Sprintf("/api/v1/explain?product=%d&date=%s", product, w.today().AddDays(1)), &e)
	if e.Estimate == nil {
		w.t.Fatalf("no estimate: %+v", e)
	}
	return e.Estimate.ReadsPerDay
}

// TestThePlanRestsOnWhatWasLearned reads for half a day, and then asks, reloads and
// restarts.
func TestThePlanRestsOnWhatWasLearned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 5, start: monday.Add(time.Hour), partner: tight, yaml: "refresh: {policy: adaptive}\n"})
		w.load = func() (*config.Config, error) { return w.conf, nil }
		w.startDaemon()
		w.checkPlan("assumed", "assumed")
		stop := w.reader(17)
		time.Sleep(14 * time.Hour)
		stop()
		w.checkPlan("learned", "assumed")
		if resp, b := w.post("/-/reload", ""); resp.StatusCode != http.StatusOK {
			t.Fatalf("reload: %s %s", resp.Status, b)
		}
		w.checkPlan("learned", "learned")
		w.stop()
		w.startDaemon()
		w.checkPlan("learned", "learned")
	})
}

// checkPlan fails the test unless plan, rates, status and metrics agree that
// predictions rest on such rates, and the last of the log's lines on those.
func (w *world) checkPlan(rates, logged string) {
	w.t.Helper()
	synctest.Wait()
	var p, assumed report.Plan
	w.ask("/api/v1/plan", &p)
	w.ask("/api/v1/plan?rates=assumed", &assumed)
	if p.Rates != rates || assumed.Rates != "assumed" || (p.InForce().FreshShare == assumed.InForce().FreshShare) != (rates == "assumed") {
		w.t.Errorf("the plan has %s rates and predicts %.4f, the assumed one %s and %.4f; want %s", p.Rates, p.InForce().FreshShare, assumed.Rates, assumed.InForce().FreshShare, rates)
	}
	var like report.Population
	if w.ask("/api/v1/rates", &like); like.Rates != rates || like.Products != 5 || (len(like.Classes) > 0) != (rates == "learned") {
		w.t.Errorf("the rates of %d products are %s, in %d classes; want %s", like.Products, like.Rates, len(like.Classes), rates)
	}
	st := w.status()
	if st.PredictedBy != rates || st.Predicted == 0 {
		w.t.Errorf("the status predicts %.4f by %s rates, want %s", st.Predicted, st.PredictedBy, rates)
	}
	_, metrics := w.do(w.admin, http.MethodGet, "/metrics", nil)
	if want := fmt.Sprintf("invd_plan_predicted_fresh_ratio %v\n", st.Predicted); !strings.Contains(string(metrics), want) {
		w.t.Errorf("the metrics lack %q", want)
	}
	lines := w.logs.String()
	last, _, _ := strings.Cut(lines[strings.LastIndex(lines, "msg=plan "):], "\n")
	if !strings.Contains(last, "rates="+logged) {
		w.t.Errorf("the log says %q, want %s rates", last, logged)
	}
}
