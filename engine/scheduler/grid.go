package scheduler

import (
	"context"
	"time"

	"invd/engine/refresh"
	"invd/engine/report"
)

// Grid returns how old every key is.
func (s *Scheduler) Grid(ctx context.Context) (g report.Grid, err error) {
	err = s.inParts(ctx, func(part []*product, now time.Time) { s.copyGrid(&g, part, now) })
	return g, err
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
		row := report.GridRow{ID: p.ID, Name: p.Name, State: s.productState(p), Today: p.today, Paused: s.pauseOf(refresh.Scope{Product: p.ID})}
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
