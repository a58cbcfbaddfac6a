package app_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// checkKept holds an answer of no use to what the domain says of those: the reader
// sees what was there, older; the job has used up its attempts; the key is due
// again soon.
func (g *answered) checkKept(t *testing.T, kind string) {
	t.Helper()
	age, _ := strconv.Atoi(g.after.Age)
	if age < int((30 * time.Minute).Seconds()) {
		t.Errorf("Age %s, want more than the 30 minutes since the refresh", g.after.Age)
	}
	g.after.Age, g.listAfter.Age, g.before.Age, g.listBefore.Age = "", "", "", ""
	if diff := cmp.Diff(g.before, g.after); diff != "" || g.before.Code != http.StatusOK {
		t.Errorf("/slots changed (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(g.listBefore, g.listAfter); diff != "" {
		t.Errorf("/dates changed (-before +after):\n%s", diff)
	}
	if len(g.requests) != 4 {
		t.Errorf("requests: %s\nwant 4, the attempts of one job", times(g.requests[0].Time, g.requests))
	}
	if len(g.jobs) != 1 {
		t.Fatalf("jobs %+v, want one", g.jobs)
	}
	if j := g.jobs[0]; j.State != "dead" || j.Outcome != "failed" || j.Attempts != 4 || !strings.Contains(j.Error, kind+": ") {
		t.Errorf("job %+v, want it dead after 4 attempts of %s", j, kind)
	}
	if x := g.explained; !strings.Contains(x.LastError, kind) || x.Place != "wheel" || x.Due.Sub(g.jobs[0].Finished) > time.Hour {
		t.Errorf("explained as %+v\nwant the last error %s and the key due within an hour of the job's end", x, kind)
	}
}

// checkShown holds a usable answer to what its row says.
func (g *answered) checkShown(t *testing.T, row answerRow) {
	t.Helper()
	want := row.shown(g.before.Body)
	code, state, list := http.StatusOK, "", wantList(g.explained.Date.String(), row)
	if want == "" {
		code, state, want = http.StatusNotFound, "closed", `{"statusCode":404,"message":"No slots available for the given product and date"}`
	}
	if diff := cmp.Diff(want, g.after.Body); diff != "" || g.after.Code != code || g.after.State != state {
		t.Errorf("/slots = %d %s, want %d %s (-want +got):\n%s", g.after.Code, g.after.State, code, state, diff)
	}
	if diff := cmp.Diff(list, g.listAfter.Body); diff != "" {
		t.Errorf("/dates (-want +got):\n%s", diff)
	}
	if same := g.after.ETag == g.before.ETag; same != (want == g.before.Body) {
		t.Errorf("ETag %s before and %s after; want it to change exactly when the content does", g.before.ETag, g.after.ETag)
	}
	if same := g.listAfter.ETag == g.listBefore.ETag; same != (list == g.listBefore.Body) {
		t.Errorf("/dates: ETag %s before and %s after; want it to change exactly when the content does", g.listBefore.ETag, g.listAfter.ETag)
	}
	if got := g.after.Age; got != strconv.Itoa(int(g.age.Seconds())) {
		t.Errorf("Age %s, want %.0f: since the last answer", got, g.age.Seconds())
	}
	g.checkJobs(t, row)
}

func (g *answered) checkJobs(t *testing.T, row answerRow) {
	t.Helper()
	var got, want []string
	for _, j := range g.jobs {
		got = append(got, fmt.Sprint(j.Trigger, " ", j.State, " ", j.Outcome, " ", j.Attempts, j.Error))
	}
	outcome := "changed"
	switch {
	case row.shown(g.before.Body) == "":
		outcome = "closed"
	case g.after.Modified == g.before.Modified:
		outcome = "unchanged"
	}
	want = append(want, "manual done "+outcome+" 1")
	if outcome == "closed" {
		want = append(want, "confirm done unchanged 1")
		if d := gaps(g.requests); len(d) != 1 || d[0] < 15*time.Second {
			t.Errorf("gaps between requests %v, want one of 15 s at least, to the confirming fetch", d)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(g.requests) != len(want) {
		t.Errorf("%d requests, jobs (-want +got):\n%s", len(g.requests), diff)
	}
}

// wantList is the answer of /dates of a product with one date.
func wantList(date string, row answerRow) string {
	price := row.price
	if price == "" {
		price = "212.14"
	}
	if price == "none" {
		return `{"statusCode":404,"message":"No available dates found"}`
	}
	original := map[string]string{"212.14": "312.14", "242.14": "342.14", "43": "143", "0": "0", "1.234": "312.14", "1.2345": "312.14"}[price]
	list := fmt.Sprintf(`{"status":"success","data":[{"date":"%s","price":{"currencyCode":"SGD","discount":0,"finalPrice":%s,"originalPrice":%s}}]}`, date, price, original)
	if row.to != nil {
		list = row.to(list)
	}
	return list
}
