package sim

import (
	"testing"
	"time"
)

func TestTheCacheForgetsWithoutChangingAnything(t *testing.T) {
	at := time.Date(2026, 4, 9, 12, 0, 0, 0, time.UTC)
	p := New(Options{Products: Catalogue(10)})
	p.world.maxYoung = 20
	wanted := func() *sheet { return p.world.sheet(p.world.products[16], mustDay(t, "2026-04-09")) }
	kept := wanted()
	versions := func() (vs []uint64) {
		for _, id := range Catalogue(10) {
			for ahead := range 30 {
				vs = append(vs, p.Version(id, at.AddDate(0, 0, ahead).Format(dateLayout), at))
				if wanted() != kept {
					t.Fatal("the cache forgot what it was asked for all the time")
				}
				if n := len(p.world.young) + len(p.world.old); n > 40 {
					t.Fatalf("the cache holds %d sheets, want 40 at most", n)
				}
			}
		}
		return vs
	}
	first := versions()
	for i, v := range versions() {
		if v != first[i] {
			t.Errorf("body %d is another when it is made again", i)
		}
	}
}

func mustDay(t *testing.T, date string) day {
	t.Helper()
	d, ok := parseDay(date)
	if !ok {
		t.Fatalf("%q is no date", date)
	}
	return d
}
