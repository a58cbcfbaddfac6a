package inventory_test

import (
	"archive/zip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"invd/engine/inventory"
)

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestADateStartsAtItsFirstInstant(t *testing.T) {
	tests := []struct {
		name, zone, date, want string // want in UTC
	}{
		{"no transition", "Asia/Singapore", "2026-04-09", "2026-04-08T16:00:00Z"},
		{"half an hour off", "Asia/Kolkata", "2026-04-09", "2026-04-08T18:30:00Z"},
		{"far east", "Pacific/Kiritimati", "2026-04-09", "2026-04-08T10:00:00Z"},
		{"far west", "Pacific/Pago_Pago", "2026-04-09", "2026-04-09T11:00:00Z"},
		{"transition later that night", "Europe/London", "2024-03-31", "2024-03-31T00:00:00Z"},
		{"the day after it", "Europe/London", "2024-04-01", "2024-03-31T23:00:00Z"},
		{"half-hour transition later that night", "Australia/Lord_Howe", "2024-10-06", "2024-10-05T13:30:00Z"},
		{"midnight skipped", "America/Santiago", "2024-09-08", "2024-09-08T04:00:00Z"},
		{"midnight skipped", "America/Asuncion", "2023-10-01", "2023-10-01T04:00:00Z"},
		{"midnight skipped", "America/Havana", "2024-03-10", "2024-03-10T05:00:00Z"},
		{"midnight skipped", "Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00Z"},
		{"midnight skipped", "Asia/Beirut", "2024-03-31", "2024-03-30T22:00:00Z"},
		{"midnight skipped from 00:01", "Asia/Gaza", "2012-03-30", "2012-03-29T22:00:00Z"},
		{"midnight twice", "America/Havana", "2024-11-03", "2024-11-03T04:00:00Z"},
		{"midnight twice", "Atlantic/Azores", "2024-10-27", "2024-10-27T00:00:00Z"},
		{"midnight twice, one minute apart from the transition", "America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z"},
		{"clock set back to the day before at midnight", "America/Santiago", "2024-04-07", "2024-04-07T04:00:00Z"},
		{"date skipped", "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"},
		{"the date after the skipped one", "Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"},
		{"date skipped", "Pacific/Fakaofo", "2011-12-30", "2011-12-30T11:00:00Z"},
		{"date lived twice", "America/Juneau", "1867-10-18", "1867-10-17T08:57:41Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name+" "+tt.zone+" "+tt.date, func(t *testing.T) {
			var date inventory.Date
			if day, err := time.Parse(time.DateOnly, tt.date); err != nil {
				t.Fatal(err)
			} else {
				date = inventory.DateOf(day)
			}
			loc := mustZone(t, tt.zone)
			got := date.Start(loc)
			if s := got.UTC().Format(time.RFC3339Nano); s != tt.want {
				t.Errorf("%v.Start(%s) = %s (%v), want %s", date, tt.zone, s, got, tt.want)
			}
			if got.Location() != loc {
				t.Errorf("%v.Start(%s) is in %v, want %s", date, tt.zone, got.Location(), tt.zone)
			}
		})
	}
}

// All zones of the toolchain's tz database, every date that has a transition
// near, and every 29th of the others.
func TestADateStartsAtItsFirstInstantInEveryZone(t *testing.T) {
	const years = "1995 to 2037"
	from, to := mustDate(t, "1995-01-01"), mustDate(t, "2037-12-31")
	checked := 0
	for _, name := range everyZone(t) {
		loc := mustZone(t, name)
		for d := from; d < to; d += 29 {
			checkStart(t, loc, d)
			checked++
		}
		for at := from.Start(loc); ; {
			_, end := at.ZoneBounds()
			if end.IsZero() || inventory.DateOf(end) > to {
				break
			}
			before, after := inventory.DateOf(end.Add(-1)), inventory.DateOf(end)
			for d := min(before, after) - 1; d <= max(before, after)+1; d++ {
				checkStart(t, loc, d)
				checked++
			}
			at = end
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d dates, %s", checked, years)
}

// checkStart holds d.Start(loc) to its definition: d or later there, earlier than
// d at every moment before. Those are probed a nanosecond before, and every half
// hour of a day and more where a transition is near.
func checkStart(t *testing.T, loc *time.Location, d inventory.Date) {
	t.Helper()
	start := d.Start(loc)
	if got := inventory.DateOf(start); got < d {
		t.Errorf("%v.Start(%v) = %v, where it is still %v", d, loc, start, got)
	}
	if got := inventory.DateOf(start.Add(-1)); got >= d {
		t.Errorf("%v.Start(%v) = %v, but a nanosecond earlier it is %v already", d, loc, start, got)
	}
	next := (d + 1).Start(loc)
	switch skipped := inventory.DateOf(start) > d; {
	case skipped && !next.Equal(start):
		t.Errorf("%v was skipped in %v: it starts at %v, want the start of the next date, %v", d, loc, start, next)
	case !skipped && !next.After(start):
		t.Errorf("in %v %v starts at %v, the next date at %v, want that later", loc, d, start, next)
	}
	if begin, _ := start.ZoneBounds(); start.Sub(begin) > 3*time.Hour && inventory.DateOf(start) == d {
		return
	}
	for back := 30 * time.Minute; back < 30*time.Hour; back += 30 * time.Minute {
		if got := inventory.DateOf(start.Add(-back)); got >= d {
			t.Errorf("%v.Start(%v) = %v, but %v earlier it is %v already", d, loc, start, back, got)
		}
	}
}

// everyZone returns the names in the toolchain's tz database and, where there is
// no toolchain, those of the oddest nights at least.
func everyZone(t *testing.T) []string {
	t.Helper()
	names := []string{
		"UTC", "Africa/Cairo", "America/Asuncion", "America/Havana", "America/Santiago", "America/St_Johns",
		"Asia/Beirut", "Asia/Gaza", "Asia/Kolkata", "Asia/Singapore", "Asia/Tehran", "Atlantic/Azores",
		"Australia/Lord_Howe", "Europe/London", "Pacific/Apia", "Pacific/Fakaofo", "Pacific/Kiritimati",
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Logf("only %d zones: %v", len(names), err)
		return names
	}
	z, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Logf("only %d zones: %v", len(names), err)
		return names
	}
	defer z.Close()
	seen := map[uint32]bool{} // a third of the names are others' aliases
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, "/") && !seen[f.CRC32] {
			seen[f.CRC32] = true
			names = append(names, f.Name)
		}
	}
	return names
}
