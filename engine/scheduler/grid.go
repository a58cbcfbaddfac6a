package scheduler

import (
	"context"
	"time"

	"invd/engine/refresh"
	"invd/engine/report"
)

// gridProducts is how many products one visit to Run's goroutine copies: 60 dates
// of each take it a tenth of a millisecond.
const gridProducts = 128

// Grid returns how old every key is. It visits Run's goroutine once for every
// gridProducts products, so that what is due in the meantime waits for one such
// part and not for all of it; the rows of different parts are as of moments that
// lie a few milliseconds apart.
func (s *Scheduler) Grid(ctx context.Context) (g report.Grid, err error) {
	for from, total := 0, 1; from < total; from += gridProducts {
		err := s.do(ctx, func() error {
			total = len(s.products)
			s.copyGrid(&g, s.products[from:min(from+gridProducts, total)], time.Now())
			return nil
		})
		if err != nil {
			return g, err
		}
	}
	return g, nil
}

// copyGrid appends a row for each of part to g.
func (s *Scheduler) copyGrid(g *report.Grid, part []*product, now time.Time) {
	_, all := s.pauses[refresh.Everything]
	schedules := s.Catalogue.Rules.Schedules()
	paused := make([]bool, len(schedules))
	for i, schedule := range schedules {
		_, paused[i] = s.pauses[refresh.Scope{Schedule: schedule.Name}]
	}
	if g.Schedules == nil {
		g.Now = now
		for _, schedule := range schedules {
			g.Schedules = append(g.Schedules, report.GridSchedule{Name: schedule.Name, Days: schedule.Days, Objective: schedule.Objective})
		}
	}
	cells := make([]report.Cell, 0, len(part)*s.Catalogue.Rules.Horizon())
	for _, p := range part {
		row := report.GridRow{ID: p.ID, Name: p.Name, State: s.productState(p), Today: p.today}
		if pause, ok := s.pauses[refresh.Scope{Product: p.ID}]; ok {
			row.Paused = &pause
		}
		first := len(cells)
		for _, id := range p.ids {
			k := &s.keys[id]
			cells = append(cells, gridCell(k, now, all || row.Paused != nil || paused[k.schedule]))
		}
		row.Cells = cells[first:len(cells):len(cells)]
		g.Rows = append(g.Rows, row)
	}
}

func gridCell(k *key, now time.Time, paused bool) report.Cell {
	c := report.Cell{Age: report.Never, Schedule: uint8(k.schedule), State: k.state}
	if k.checked != 0 {
		c.Age = int32(max(0, now.UnixNano()-k.checked) / int64(time.Second))
	}
	if paused {
		c.Marks |= report.Paused
	}
	if k.place == inQueue {
		c.Marks |= report.Waiting
	}
	if k.failed {
		c.Marks |= report.Failed
	}
	return c
}
