package page

import (
	"net/url"
	"strconv"
	"strings"

	"invd/engine/report"
)

// Bounds on how many products one page draws.
const (
	defaultPer = 50
	mostPer    = 5000
)

// The products that a query can choose.
const (
	showAll     = ""
	showStale   = "stale"
	showNever   = "never"
	showPaused  = "paused"
	showFailing = "failing"
	showIdle    = "idle" // not fetched: disabled, or gone at the partner
)

// A Query is which products of the grid a page shows. What cannot be read is as if it
// were not given.
type Query struct {
	Find string // part of a name, in any case, or an id
	Show string // one of the constants above
	Sort string // "": in the order of the configuration; "worst": by late and never answered dates
	Page int    // from 1
	Per  int    // products a page
}

// ParseQuery reads find, show, sort, page and per.
func ParseQuery(v url.Values) Query {
	q := Query{Find: strings.TrimSpace(v.Get("find")), Page: number(v.Get("page"), 1), Per: min(number(v.Get("per"), defaultPer), mostPer)}
	if len(q.Find) > 100 {
		q.Find = ""
	}
	switch show := v.Get("show"); show {
	case showStale, showNever, showPaused, showFailing, showIdle:
		q.Show = show
	}
	if v.Get("sort") == "worst" {
		q.Sort = "worst"
	}
	return q
}

func number(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// link returns where q is shown, relative to the root.
func (q Query) link() string {
	v := url.Values{}
	for name, value := range map[string]string{"find": q.Find, "show": q.Show, "sort": q.Sort} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.Page > 1 {
		v.Set("page", strconv.Itoa(q.Page))
	}
	if q.Per != defaultPer {
		v.Set("per", strconv.Itoa(q.Per))
	}
	return "./?" + v.Encode()
}

func (q Query) turn(page int) string {
	q.Page = page
	return q.link()
}

// finds reports whether a row has what is looked for. find is in lower case.
func finds(r *report.GridRow, find string) bool {
	return find == "" || r.ID.String() == find || strings.Contains(strings.ToLower(r.Name), find)
}

// shows reports whether a row, whose cells are counted in t, is among those that show
// names.
func shows(show string, r *report.GridRow, t *tally, failing int) bool {
	switch show {
	case showStale:
		return t.Late() > 0
	case showNever:
		return t[never] > 0
	case showPaused:
		return t[paused] > 0
	case showFailing:
		return failing > 0
	case showIdle:
		return r.State == "disabled" || r.State == "gone"
	}
	return true
}
