package simulation

import (
	"math"
	"slices"
)

// A Summary is what a policy reached over several seeds: means, but for the ends
// of ranges.
type Summary struct {
	Policy     string   `json:"policy"`
	Mean       Result   `json:"mean"`
	LeastFresh float64  `json:"least_fresh"` // of any seed
	MostFresh  float64  `json:"most_fresh"`
	Runs       []Result `json:"runs"`
}

// Summarise puts the results of each policy together, policies in the order in
// which they first appear.
func Summarise(results []Result) (all []Summary) {
	for _, r := range results {
		i := slices.IndexFunc(all, func(s Summary) bool { return s.Policy == r.Policy })
		if i < 0 {
			i = len(all)
			all = append(all, Summary{Policy: r.Policy, LeastFresh: math.Inf(1)})
		}
		s := &all[i]
		s.Runs = append(s.Runs, r)
		s.LeastFresh, s.MostFresh = min(s.LeastFresh, r.Fresh), max(s.MostFresh, r.Fresh)
	}
	for i := range all {
		all[i].Mean = mean(all[i].Runs)
	}
	return all
}

// mean returns the mean of each figure of runs of one policy; of maxima and of what
// must not happen the worst.
func mean(runs []Result) Result {
	n := float64(len(runs))
	m := Result{Policy: runs[0].Policy, Schedules: make([]ScheduleResult, len(runs[0].Schedules)), Hours: make([]Hour, len(runs[0].Hours))}
	for _, r := range runs {
		m.Reads += r.Reads / len(runs)
		m.Fresh += r.Fresh / n
		m.Available += r.Available / n
		m.Oversold += r.Oversold / n
		m.Answered += r.Answered / n
		m.Waited += r.Waited / n
		m.FirstDay += r.FirstDay / n
		m.AgeP50 += r.AgeP50 / n
		m.AgeP99 += r.AgeP99 / n
		m.Budget += r.Budget / n
		m.Fullest = max(m.Fullest, r.Fullest)
		m.Refused = max(m.Refused, r.Refused)
		for i, s := range r.Schedules {
			t := &m.Schedules[i]
			t.Name = s.Name
			t.Reads += s.Reads / n
			t.Fresh += s.Fresh / n
			t.AgeP50 += s.AgeP50 / n
			t.AgeP99 += s.AgeP99 / n
			t.MaxAge = max(t.MaxAge, s.MaxAge)
			t.Never = t.Never || s.Never
		}
		for i, h := range r.Hours {
			m.Hours[i].Reads += h.Reads
			m.Hours[i].Fresh += h.Fresh
		}
	}
	m.Calibration = pooled(runs)
	return m
}
