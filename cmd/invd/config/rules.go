package config

import (
	"time"

	"invd/engine/span"
)

// Rules that bind several keys. They run on sections whose keys are each good.

// completeSchedule checks a schedule and fills in what it leaves out.
func (r *reader) completeSchedule(s *Schedule, f found) {
	if first, taken := r.schedules[s.Name]; taken {
		f.complain("name", "%s is used twice, first on line %d", s.Name, first)
	} else {
		r.schedules[s.Name] = f.line("name")
	}
	// A date is among the next n days for n days: with a longer interval it
	// would pass without a fetch.
	if covers := time.Duration(s.Days) * day; s.Every > covers {
		f.complain("every", "%s is longer than the schedule's days (%s)", span.Format(s.Every), span.Format(covers))
	}
	if s.MaxAge != 0 && s.MaxAge < s.Every {
		f.complain("max_age", "%s is shorter than every (%s): a bound that the schedule itself breaks", span.Format(s.MaxAge), span.Format(s.Every))
	}
	if s.Objective == 0 {
		s.Objective = s.Every + s.Every/3
	}
	if s.MaxAge == 0 {
		s.MaxAge = 4 * s.Every
	}
}

func (y *Retry) check(f found) {
	if y.Cap < y.Base {
		f.complain("cap", "%s is shorter than base (%s)", span.Format(y.Cap), span.Format(y.Base))
	}
}

// claim takes a product's id for a place in a file. It complains when another
// product has it, in this file or the other.
func (r *reader) claim(id int64, at place, file string) {
	if first, taken := r.ids[id]; taken {
		r.add(file, at.line, "%s: product %d is listed twice, first on %s:%d", at.path, id, first.file, first.line)
		return
	}
	r.ids[id] = spot{file, at.line}
}
