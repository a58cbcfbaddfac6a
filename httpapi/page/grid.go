package page

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"invd/engine/inventory"
	"invd/engine/report"
)

// A grid is what a page shows of a report.Grid: the products that the query chose,
// and how all products together are doing.
type grid struct {
	Query    Query
	Rows     []row
	Spans    []span   // of the schedules, over the columns
	Columns  []column // a date each, today first
	All      *tally   // every cell of every product
	Products int      // all of them
	Chosen   int      // of them, by the query
	From, To int      // the rows of this page among the chosen, from 1
	Pages    int
	of       *report.Grid
}

// A row is one product.
type row struct {
	ID                   inventory.ProductID
	Name, State          string
	Late, Never, Failing int
	Oldest               int32 // seconds; report.Never when nothing was ever answered
	of                   *report.GridRow
}

// A span is the columns whose dates follow one schedule.
type span struct {
	Name string
	Days int
}

// A column is one date ahead, over all products.
type column struct {
	Ahead  int
	Date   inventory.Date // in the first product's zone
	Month  bool           // show the month's name
	Starts bool           // the first of its span
	Bar    template.HTML  // how many products of which grade; see appendBar
}

// newGrid chooses the rows that q asks for. It looks at every cell.
func newGrid(g *report.Grid, q Query) *grid {
	out := &grid{Query: q, Products: len(g.Rows), All: new(tally), of: g}
	out.Spans, out.Columns = columns(g)
	byColumn := make([]tally, len(out.Columns))
	find := strings.ToLower(q.Find)
	var chosen []row
	for i := range g.Rows {
		of := &g.Rows[i]
		r := row{ID: of.ID, Name: of.Name, State: of.State, Oldest: report.Never, of: of}
		var t tally
		for ahead, c := range of.Cells {
			grade := gradeOf(c, g.Schedules[c.Schedule].Objective)
			t[grade]++
			byColumn[ahead][grade]++
			if c.Marks.Has(report.Failed) {
				r.Failing++
			}
			r.Oldest = max(r.Oldest, c.Age)
		}
		for grade, n := range t {
			out.All[grade] += n
		}
		r.Late, r.Never = t.Late(), t[never]
		if finds(of, find) && shows(q.Show, of, &t, r.Failing) {
			chosen = append(chosen, r)
		}
	}
	if q.Sort == "worst" {
		slices.SortStableFunc(chosen, func(a, b row) int {
			return cmp.Or(cmp.Compare(b.Late+b.Never, a.Late+a.Never), cmp.Compare(b.Oldest, a.Oldest))
		})
	}
	for i := range out.Columns {
		out.Columns[i].Bar = bar(byColumn[i])
	}
	out.cut(chosen)
	return out
}

// cut keeps the page that the query asks for, or the last one.
func (g *grid) cut(chosen []row) {
	per := g.Query.Per
	g.Chosen, g.Pages = len(chosen), max(1, (len(chosen)+per-1)/per)
	g.Query.Page = min(g.Query.Page, g.Pages)
	first := (g.Query.Page - 1) * per
	last := min(first+per, len(chosen))
	g.Rows = chosen[first:last]
	g.From, g.To = min(first+1, last), last
}

// Previous and Next return where the neighbouring pages are, "" at the ends.
func (g *grid) Previous() string {
	if g.Query.Page == 1 {
		return ""
	}
	return g.Query.turn(g.Query.Page - 1)
}

// Next returns where the next page is, "" at the last.
func (g *grid) Next() string {
	if g.Query.Page == g.Pages {
		return ""
	}
	return g.Query.turn(g.Query.Page + 1)
}

// columns returns the dates of the grid, and what schedules they follow.
func columns(g *report.Grid) (spans []span, columns []column) {
	i := slices.IndexFunc(g.Rows, func(r report.GridRow) bool { return len(r.Cells) > 0 })
	if i < 0 {
		return nil, nil
	}
	last := -1
	for ahead, c := range g.Rows[i].Cells {
		starts := int(c.Schedule) != last
		if starts {
			last = int(c.Schedule)
			spans = append(spans, span{Name: g.Schedules[last].Name})
		}
		spans[len(spans)-1].Days++
		date := g.Rows[i].Today.AddDays(ahead)
		columns = append(columns, column{Ahead: ahead, Date: date, Starts: starts, Month: ahead == 0 || dayOfMonth(date) == 1})
	}
	return spans, columns
}
