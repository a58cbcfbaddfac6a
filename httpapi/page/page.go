package page

import (
	"fmt"
	"html/template"
	"io"
	"math"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"asset":   assetPath,
	"scope":   refresh.InWords,
	"band":    report.BandInWords,
	"seconds": seconds,
	"size":    size,
	"count":   count,
	"percent": percent,
	"ratio":   ratio,
	"reads":   func(hits, misses uint64) string { return count(int(hits + misses)) },
	"share":   func(f float64) string { return fmt.Sprintf("%.1f\u202f%%", 100*f) },
	"whole":   func(f float64) string { return count(int(math.Round(f))) },
	"span":    func(now, then time.Time) string { return string(appendSpan(nil, now.Sub(then))) },
	"until":   func(now, then time.Time) string { return string(appendSpan(nil, then.Sub(now))) },
	"stamp":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"clock":   func(t time.Time) string { return t.UTC().Format("15:04:05 UTC") },
	"moment":  func(t time.Time) string { return t.UTC().Format("01-02 15:04:05") },
	"day":     dayOfMonth,
	"month":   func(d inventory.Date) string { return asTime(d).Format("Jan") },
	"weekend": func(d inventory.Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday },
}).ParseFS(files, "templates/*.html"))

// A Status is everything the status page shows.
type Status struct {
	report.Status
	Ages     report.Grid
	Failures []report.Job // dead and retrying ones, the newest first
	Query    Query        // which products of the grid
	Token    bool         // changes are possible with a token
}

// Draw writes the page. It looks at every cell of the grid and draws those of one
// page.
func (s *Status) Draw(w io.Writer) error {
	pauses, more := allPauses(s)
	data := struct {
		*Status
		Title                string
		Grid                 *grid
		Looks                []gradeLook
		Shows, Pers          []choice
		Waiting, MostWaiting int
		Pauses               []scopedPause
		MorePauses           int
	}{
		Status: s, Title: "invd", Grid: newGrid(&s.Ages, s.Query), Looks: looks[:], Shows: shown(s.Query), Pers: pers(s.Query),
		Waiting: waiting(s.Bands), MostWaiting: mostWaiting(s.Bands), Pauses: pauses, MorePauses: more,
	}
	if err := draw(w, "status", data); err != nil {
		return err
	}
	if err := data.Grid.writeRows(w); err != nil {
		return fmt.Errorf("draw page status: %w", err)
	}
	return draw(w, "status-end", data)
}

// An Explanation is why one key is as old as it is.
type Explanation struct {
	report.Explanation
	Now   time.Time
	Jobs  []report.Job // of the key, the newest first
	Token bool         // changes are possible with a token
}

// Draw writes the page.
func (e *Explanation) Draw(w io.Writer) error {
	return draw(w, "explain", struct {
		*Explanation
		Title string
	}{e, fmt.Sprintf("invd: %d on %s", e.Product, e.Date)})
}

// A Problem is why something could not be shown or done.
type Problem struct{ Title, Message string }

// Draw writes the page.
func (p *Problem) Draw(w io.Writer) error { return draw(w, "problem", p) }

func draw(w io.Writer, name string, data any) error {
	if err := templates.ExecuteTemplate(w, name, data); err != nil {
		return fmt.Errorf("draw page %s: %w", name, err)
	}
	return nil
}

// A choice is an option of a select.
type choice struct {
	Value, Words string
	Chosen       bool
}

func shown(q Query) []choice {
	all := []choice{
		{Value: showAll, Words: "all products"}, {Value: showStale, Words: "with stale dates"}, {Value: showNever, Words: "with dates never answered"},
		{Value: showFailing, Words: "with failures"}, {Value: showPaused, Words: "paused"}, {Value: showIdle, Words: "disabled or gone"},
	}
	for i := range all {
		all[i].Chosen = all[i].Value == q.Show
	}
	return all
}

func pers(q Query) []choice {
	all := []choice{{Value: "25"}, {Value: "50"}, {Value: "200"}, {Value: "1000"}}
	for i := range all {
		all[i].Chosen = all[i].Value == fmt.Sprint(q.Per)
	}
	return all
}

func waiting(bands []report.Band) (n int) {
	for _, b := range bands {
		n += b.Jobs
	}
	return n
}

func mostWaiting(bands []report.Band) int {
	most := 1
	for _, b := range bands {
		most = max(most, b.Jobs)
	}
	return most
}

// mostPauses is how many pauses a page lists.
const mostPauses = 20

// A scopedPause is a pause and what it stops.
type scopedPause struct {
	Scope string
	refresh.Pause
}

// allPauses lists the pauses, the widest first, and counts those that are left out.
func allPauses(s *Status) (all []scopedPause, more int) {
	add := func(scope refresh.Scope, p *refresh.Pause) {
		switch {
		case p == nil:
		case len(all) == mostPauses:
			more++
		default:
			all = append(all, scopedPause{scope.String(), *p})
		}
	}
	add(refresh.Everything, s.Paused)
	for _, schedule := range s.Schedules {
		add(refresh.Scope{Schedule: schedule.Name}, schedule.Paused)
	}
	for _, r := range s.Ages.Rows {
		add(refresh.Scope{Product: r.ID}, r.Paused)
	}
	return all, more
}

func oldest(age int32) string {
	if age == report.Never {
		return "–"
	}
	return string(appendSpan(nil, time.Duration(age)*time.Second))
}
