package page

import (
	"fmt"
	"io"
	"testing"

	"invd/engine/inventory"
	"invd/engine/report"
)

// BenchmarkStatus draws the page of 5,000 products on 60 dates: one page of 50, and
// all of them at once.
func BenchmarkStatus(b *testing.B) {
	s := Status{Ages: report.Grid{Schedules: schedules}}
	for i := range 5000 {
		r := report.GridRow{ID: inventory.ProductID(14 + i), Name: fmt.Sprintf("Product %d", i), State: "active", Today: 20_000}
		for ahead := range 60 {
			c := report.Cell{Age: int32((i*60 + ahead) * 7919 % 50_000), Schedule: uint8(min(ahead, 1)), State: inventory.Open}
			if i%7 == 0 {
				c.Marks = report.Waiting
			}
			r.Cells = append(r.Cells, c)
		}
		s.Ages.Rows = append(s.Ages.Rows, r)
	}
	for _, per := range []int{50, 5000} {
		b.Run(fmt.Sprintf("drawn=%d", per), func(b *testing.B) {
			s.Query = Query{Page: 1, Per: per}
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Draw(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
