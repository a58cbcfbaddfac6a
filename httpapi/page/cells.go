package page

import (
	"html"
	"html/template"
	"io"
	"slices"
	"strconv"
	"time"

	"invd/engine/inventory"
	"invd/engine/report"
)

// writeRows writes the rows of the page, one at a time: of 5,000 products they are tens of
// megabytes.
func (g *grid) writeRows(w io.Writer) error {
	var b []byte
	for i := range g.Rows {
		b = appendRow(b[:0], g.of, &g.Rows[i])
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// appendRow appends the <tr> of a product. Its name is the one text in it that is not
// ours.
func appendRow(b []byte, g *report.Grid, r *row) []byte {
	name := html.EscapeString(r.Name)
	id := strconv.AppendInt(make([]byte, 0, 20), int64(r.ID), 10)
	b = append(append(b, `<tr><th scope="row" title="`...), id...)
	b = append(append(append(b, ' '), name...), `"><div class="who"><a href="api/v1/products/`...)
	b = append(append(append(b, id...), `">`...), id...)
	b = append(append(append(b, `</a><span>`...), name...), `</span>`...)
	if r.State != "active" {
		b = append(append(append(b, `<em>`...), html.EscapeString(r.State)...), `</em>`...)
	}
	b = append(b, `</div></th><td class="num">`...)
	if r.Late > 0 {
		b = strconv.AppendInt(b, int64(r.Late), 10)
	} else if r.Never > 0 {
		b = strconv.AppendInt(append(b, `<small title="never answered">`...), int64(r.Never), 10)
		b = append(b, `?</small>`...)
	}
	b = append(append(b, `</td><td class="num">`...), oldest(r.Oldest)...)
	return append(appendCells(append(b, `</td>`...), g, r.of), "</tr>\n"...)
}

// appendCells appends a <td> for each of a row's cells. A cell is a link to its
// explanation; its class gives the colour, its text the sign, its title the words.
func appendCells(b []byte, g *report.Grid, r *report.GridRow) []byte {
	b = slices.Grow(b, len(r.Cells)*perCell)
	date := make([]byte, 0, len("2006-01-02"))
	last := -1
	for ahead, c := range r.Cells {
		look := &looks[gradeOf(c, g.Schedules[c.Schedule].Objective)]
		date = r.Today.AddDays(ahead).AppendTo(date[:0])
		if int(c.Schedule) == last {
			b = append(b, "<td>"...)
		} else {
			last = int(c.Schedule)
			b = append(b, `<td class="b">`...)
		}
		b = append(append(b, `<a class="`...), look.Class...)
		if c.Marks.Has(report.Waiting) {
			b = append(b, " w"...)
		}
		if c.Marks.Has(report.Failed) {
			b = append(b, " x"...)
		}
		b = append(b, `" href="explain?product=`...)
		b = strconv.AppendInt(b, int64(r.ID), 10)
		b = append(append(append(b, `&amp;date=`...), date...), `" title="`...)
		b = append(append(b, date...), ": "...)
		b = appendWords(b, c)
		b = append(append(append(b, `">`...), look.Sign...), "</a>"...)
	}
	return b
}

// perCell is about what a cell takes, in bytes.
const perCell = 140

// appendWords appends what the title of a cell says.
func appendWords(b []byte, c report.Cell) []byte {
	if c.Age == report.Never {
		b = append(b, "never answered"...)
	} else {
		b = append(append(b, c.State.String()...), ", "...)
		b = append(appendSpan(b, time.Duration(c.Age)*time.Second), " old"...)
	}
	if c.Marks.Has(report.Paused) {
		b = append(b, ", paused"...)
	}
	if c.Marks.Has(report.Waiting) {
		b = append(b, ", waits to be fetched"...)
	}
	if c.Marks.Has(report.Failed) {
		b = append(b, ", last attempt failed"...)
	}
	return b
}

// barHeight is the height of a column's bar.
const barHeight = 36

// bar returns a picture of t: the grades stacked, the one that needs somebody most
// on top. A grade that is there at all is at least a pixel high.
func bar(t tally) template.HTML {
	total := t.Total()
	b := append(make([]byte, 0, 200), `<svg viewBox="0 0 10 36" width="10" height="36" aria-hidden="true">`...)
	bottom := barHeight
	for grade, n := range t {
		if n == 0 {
			continue
		}
		height := max(1, (n*barHeight+total/2)/total)
		height = min(height, bottom)
		b = append(append(b, `<rect class="`...), looks[grade].Class...)
		b = strconv.AppendInt(append(b, `" width="10" y="`...), int64(bottom-height), 10)
		b = strconv.AppendInt(append(b, `" height="`...), int64(height), 10)
		b = append(b, `"/>`...)
		bottom -= height
	}
	return template.HTML(append(b, "</svg>"...))
}

func dayOfMonth(d inventory.Date) int { return asTime(d).Day() }

func asTime(d inventory.Date) time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }
