package page

import (
	"time"

	"invd/engine/report"
)

// A grade is how a cell of the grid looks.
type grade uint8

// The grades, in the order in which they need somebody.
const (
	young  grade = iota // up to half of its objective
	due                 // up to its objective
	stale               // up to twice its objective
	old                 // older
	never               // never answered
	paused              // somebody's pause keeps it from being fetched
	grades
)

// A gradeLook is what distinguishes a grade: a class for its colour, a sign for
// those who do not see the colour, and words for the legend.
type gradeLook struct {
	Class, Sign, Words string
}

var looks = [grades]gradeLook{
	young:  {"g0", "·", "up to half of the objective"},
	due:    {"g1", "–", "within the objective"},
	stale:  {"g2", "+", "up to twice the objective"},
	old:    {"g3", "!", "older"},
	never:  {"g4", "?", "never answered"},
	paused: {"g5", "=", "paused"},
}

// gradeOf returns the grade of c, whose schedule has that objective.
func gradeOf(c report.Cell, objective time.Duration) grade {
	age := time.Duration(c.Age) * time.Second
	switch {
	case c.Marks.Has(report.Paused):
		return paused
	case c.Age == report.Never:
		return never
	case age <= objective/2:
		return young
	case age <= objective:
		return due
	case age <= 2*objective:
		return stale
	}
	return old
}

// tally counts cells by grade.
type tally [grades]int

// Total counts the cells.
func (t *tally) Total() (n int) {
	for _, k := range t {
		n += k
	}
	return n
}

// Active counts the cells that nobody has paused.
func (t *tally) Active() int { return t.Total() - t[paused] }

// Fresh counts the cells within their objective.
func (t *tally) Fresh() int { return t[young] + t[due] }

// Late counts those that were answered and are older than their objective.
func (t *tally) Late() int { return t[stale] + t[old] }

// Never counts those that were never answered.
func (t *tally) Never() int { return t[never] }
