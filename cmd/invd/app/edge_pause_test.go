package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner/sim"
	"invd/engine/refresh"
)

// week is one day every quarter of an hour and six more every four hours.
const week = "schedules: [{name: today, days: 1, every: 15m}, {name: week, days: 7, every: 4h}]\n"

// A pauseRow is one scope of a pause.
type pauseRow struct {
	name    string
	path    string                   // of the admin API
	scope   string                   // as answers name it
	product int64                    // of a refresh that the pause refuses
	in      func(r sim.Request) bool // whether the scope has a request
}

// pauseRows counts dates from today, whose text is given when the rows are made.
func pauseRows(today inventory.Date) []pauseRow {
	return []pauseRow{
		{"product", "/api/v1/products/16", "product/16", 16, func(r sim.Request) bool { return r.Product == 16 }},
		{"schedule", "/api/v1/schedules/today", "schedule/today", 17, func(r sim.Request) bool { return r.Date == today.String() }},
		{"global", "/api/v1", "global", 14, func(sim.Request) bool { return true }},
	}
}

// split counts requests inside and outside of a scope.
func (r pauseRow) split(log []sim.Request) (inside, outside int) {
	for _, request := range log {
		if r.in(request) {
			inside++
		} else {
			outside++
		}
	}
	return inside, outside
}

// TestAPauseStopsEveryFetchInItsScope pauses each scope for three hours, with a
// kill in between, and lets the pause end by itself.
func TestAPauseStopsEveryFetchInItsScope(t *testing.T) {
	for i := range 3 {
		t.Run(pauseRows(0)[i].name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, setup{products: 4, yaml: week})
				e.startDaemon()
				e.pauseForThreeHours(pauseRows(e.today)[i])
				e.checkLimit(30)
				e.stop()
				e.checkFile()
			})
		})
	}
}

func (e *edge) pauseForThreeHours(row pauseRow) {
	e.t.Helper()
	time.Sleep(50 * time.Minute)
	before := readable(e.world, e.today)
	e.command(row.path+"/pause", `{"reason":"inspection","for":"3h"}`)
	began := time.Now()
	time.Sleep(time.Hour)
	e.kill()
	e.startDaemon()
	time.Sleep(time.Hour + 55*time.Minute)

	log := e.since(began)
	if inside, outside := row.split(log); inside > 0 || (outside == 0) != (row.scope == "global") {
		e.t.Errorf("%d requests inside the pause's scope and %d outside, want none inside: %s", inside, outside, times(began, log))
	}
	code, text := e.tryRefresh(row.product, e.today, e.today)
	if code != http.StatusConflict || !strings.Contains(text, refresh.InWords(row.scope)+" is paused since") || !strings.Contains(text, "inspection") {
		e.t.Errorf("refresh = %d %s, want 409 with scope and reason", code, text)
	}
	x := e.explain(row.product, e.today)
	if x.Paused == nil || x.Paused.Reason != "inspection" || x.PausedScope != row.scope || !strings.Contains(x.Verdict, "inspection") {
		e.t.Errorf("explained as %+v, want it to name the pause", x)
	}
	if after := readable(e.world, e.today); len(after) != len(before) {
		e.t.Errorf("%d dates readable while paused, %d before; want the same", len(after), len(before))
	}

	time.Sleep(time.Until(began.Add(3*time.Hour + once)))
	if x := e.explain(row.product, e.today); x.Paused != nil {
		e.t.Errorf("after three hours it is still paused: %+v", x.Paused)
	}
	e.checkOnce(began.Add(3*time.Hour), row)
}

// once is how long nothing is fetched twice: a little less than an eighth of the
// shortest interval.
const once = 110 * time.Second

// checkOnce fails the test unless each key has been fetched that was due when the
// pause ended, once ago, and none of its scope twice since.
func (e *edge) checkOnce(resumed time.Time, row pauseRow) {
	e.t.Helper()
	fetched := map[string]int{}
	for _, r := range e.since(resumed) {
		if row.in(r) {
			fetched[fmt.Sprintf("%d/%s", r.Product, r.Date)]++
		}
	}
	for k, n := range fetched {
		if n != 1 {
			e.t.Errorf("%s was fetched %d times within %s after the pause, want once", k, n, once)
		}
	}
	for _, p := range e.conf.Products {
		for _, d := range e.product(p.ID).Dates {
			every := map[string]time.Duration{"today": 15 * time.Minute, "week": 4 * time.Hour}[d.Schedule]
			if limit := every + every/8 + once; time.Since(d.Checked) > limit {
				e.t.Errorf("%d/%s was last checked %s ago, want at most %s", p.ID, d.Date, time.Since(d.Checked), limit)
			}
		}
	}
	if len(fetched) == 0 {
		e.t.Error("nothing was fetched after the pause")
	}
}

// TestResumeFetchesWhatFellDueOnce ends pauses by hand, among them two over one
// another.
func TestResumeFetchesWhatFellDueOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 4, yaml: week})
		e.startDaemon()
		time.Sleep(time.Hour)
		for _, row := range pauseRows(e.today) {
			e.command(row.path+"/pause", `{"reason":"by hand"}`)
			time.Sleep(90 * time.Minute)
			resumed := time.Now()
			e.command(row.path+"/resume", "")
			time.Sleep(once)
			e.checkOnce(resumed, row)
			resp, text := e.post(row.path+"/resume", "")
			if resp.StatusCode != http.StatusOK || decode[struct {
				Was bool `json:"was_paused"`
			}](t, string(text)).Was {
				t.Errorf("resume of what is not paused = %s %s, want 200 and was_paused false", resp.Status, text)
			}
		}
		e.checkLimit(30)
	})
}

// TestAPauseWithinAPauseHoldsOn shows that the end of the wider pause does not end
// the narrower one, whichever came first.
func TestAPauseWithinAPauseHoldsOn(t *testing.T) {
	for _, order := range [][]string{{"", "/products/16"}, {"/products/16", ""}} {
		synctest.Test(t, func(t *testing.T) {
			e := newEdge(t, setup{products: 3, yaml: week})
			e.startDaemon()
			time.Sleep(30 * time.Minute)
			for _, path := range order {
				e.command("/api/v1"+path+"/pause", `{"reason":"x"}`)
			}
			began := time.Now()
			time.Sleep(5 * time.Hour)
			e.command("/api/v1/resume", "")
			time.Sleep(5 * time.Hour)
			log := e.since(began)
			if n := len(of(16, log)); n != 0 || len(log) == 0 {
				t.Errorf("order %q: %d requests for the paused product after the global resume, %d in all; want none of it", order, n, len(log))
			}
			e.command("/api/v1/products/16/resume", "")
			time.Sleep(5 * time.Minute)
			if p := e.product(16); p.Keys.Stale+p.Keys.Never > 0 {
				t.Errorf("order %q: keys %+v after the resume, want all fresh", order, p.Keys)
			}
			e.checkLimit(30)
		})
	}
}

// TestAPauseWhileACallRuns is edge case 52: what runs finishes, what was to follow
// it waits for the resume.
func TestAPauseWhileACallRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 3, yaml: calm})
		e.startDaemon()
		time.Sleep(2 * time.Minute)
		e.set(16, e.today, fmt.Sprintf(partnerDay, e.today))
		e.inject(sim.Injection{Fault: "late", Product: 16, Times: 1})
		began := time.Now()
		e.refresh(16, e.today)
		time.Sleep(time.Second)
		e.refresh(16, e.today) // to follow the running one
		e.command("/api/v1/products/16/pause", `{"reason":"while it runs"}`)
		time.Sleep(10 * time.Minute)
		if r := e.readSlots(16, e.today); !strings.Contains(r.Body, `"remaining":2000`) {
			t.Errorf("#52 /slots = %s, want the answer of the call that ran", r.Body)
		}
		if log := of(16, e.since(began)); len(log) != 1 {
			t.Errorf("#52 requests: %s\nwant one, none during the pause", times(began, log))
		}
		if x := e.explain(16, e.today); x.Place != "parked" || x.Job == nil || x.Job.State != "pending" {
			t.Errorf("#52 explained as %+v, want the second refresh's job pending and parked", x)
		}
		e.command("/api/v1/products/16/resume", "")
		time.Sleep(time.Minute)
		if log := of(16, e.since(began)); len(log) != 2 {
			t.Errorf("#52 requests: %s\nwant a second one after the resume", times(began, log))
		}
		e.checkDone("product=16&limit=2", 2)
	})
}

// TestAnAttemptThatFailsDuringAPauseIsCharged counts the attempts of a job whose
// first one ends behind a pause.
func TestAnAttemptThatFailsDuringAPauseIsCharged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 3, yaml: calm})
		e.startDaemon()
		time.Sleep(2 * time.Minute)
		e.inject(sim.Injection{Fault: "hang", Product: 16})
		began := time.Now()
		e.refresh(16, e.today)
		time.Sleep(time.Second)
		e.command("/api/v1/products/16/pause", `{"reason":"it hangs"}`)
		time.Sleep(90 * time.Second)
		e.command("/api/v1/products/16/resume", "")
		time.Sleep(10 * time.Minute)
		if log := of(16, e.since(began)); len(log) != 4 {
			t.Errorf("requests: %s\nwant 4, the attempts of one job", times(began, log))
		}
		if j := e.jobs("product=16&limit=1")[0]; j.State != "dead" || j.Attempts != 4 {
			t.Errorf("job %+v, want it dead after 4 attempts", j)
		}
	})
}

// checkDone fails the test unless the jobs chosen are n, all done.
func (e *edge) checkDone(query string, n int) {
	e.t.Helper()
	jobs := e.jobs(query)
	done := 0
	for _, j := range jobs {
		if j.State == "done" {
			done++
		}
	}
	if done != n || len(jobs) != n {
		e.t.Errorf("jobs: %swant %d, all done", jobsText(jobs), n)
	}
}

// TestAPausedScheduleHasDatesOnlyWhileTheyFollowIt crosses midnight: tomorrow's date
// leaves the paused schedule for another one, and falls due with that.
func TestAPausedScheduleHasDatesOnlyWhileTheyFollowIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 3, yaml: week, start: monday.Add(15 * time.Hour)})
		e.startDaemon()
		time.Sleep(30 * time.Minute)
		e.command("/api/v1/schedules/week/pause", `{"reason":"only today counts"}`)
		time.Sleep(10 * time.Hour) // to 01:30
		tomorrow := e.today.AddDays(1)
		for _, id := range []int64{14, 15, 16} {
			if d := e.product(id).Dates[0]; d.Date != tomorrow || !d.Fresh || d.Place == "parked" {
				t.Errorf("an hour and a half after midnight product %d today: %+v, want it fetched", id, d)
			}
			if d := e.product(id).Dates[3]; d.Fresh || d.Place != "parked" {
				t.Errorf("product %d in three days: %+v, want it parked", id, d)
			}
		}
		e.command("/api/v1/schedules/week/resume", "")
		e.command("/api/v1/schedules/today/pause", `{"reason":"only the week counts"}`)
		time.Sleep(22*time.Hour + 28*time.Minute) // to 23:58
		e.inject(sim.Injection{Fault: "429-reset-year", Times: 1})
		for _, id := range []int64{14, 15, 16} { // which wait for five minutes
			e.refresh(id, tomorrow.AddDays(1))
		}
		time.Sleep(2 * time.Minute)
		midnight := time.Now()
		time.Sleep(time.Hour)
		if log := on(tomorrow.AddDays(1), e.since(midnight)); len(log) != 0 {
			t.Errorf("requests for a date that came under the paused schedule while it waited: %s\nwant none", times(midnight, log))
		}
		e.checkLimit(30)
	})
}
