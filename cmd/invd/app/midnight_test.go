package app_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/inventory"
)

func TestMidnightLetsYesterdayGoAndBringsTheLastDayIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 3, start: monday.Add(20 * time.Hour)})
		w.startDaemon()
		today := inventory.DateOf(monday.In(mustZone(t, "Asia/Singapore")))
		time.Sleep(3*time.Hour + 55*time.Minute) // 23:55
		last := today.AddDays(60)                // the day after the last
		if code, state, _ := w.slots(16, last); code != http.StatusNotFound || state != "unknown" {
			t.Errorf("before midnight %s = %d %s, want 404 unknown", last, code, state)
		}
		if code, state, _ := w.slots(16, today); state == "unknown" {
			t.Errorf("before midnight today = %d %s, want something known", code, state)
		}
		time.Sleep(10 * time.Minute) // 00:05
		if code, state, _ := w.slots(16, today); code != http.StatusNotFound || state != "unknown" {
			t.Errorf("after midnight yesterday = %d %s, want 404 unknown", code, state)
		}
		if code, state, _ := w.slots(16, last); state == "unknown" {
			t.Errorf("after midnight %s = %d %s, want it fetched", last, code, state)
		}
		if got := w.product(16); got.Today != today.AddDays(1) || len(got.Dates) != 60 {
			t.Errorf("today %s with %d dates, want %s with 60", got.Today, len(got.Dates), today.AddDays(1))
		}
		time.Sleep(15 * time.Minute) // 00:20: every key of the new today has had its tick
		for _, id := range []int64{14, 15, 16} {
			if d := w.product(id).Dates[0]; d.Schedule != "today" || d.AgeSeconds > 20*60 {
				t.Errorf("product %d today: %+v, want it refreshed since midnight", id, d)
			}
		}
		w.checkLimit(30)
	})
}

// TestADayOf23And25Hours crosses both changes of London's clocks.
func TestADayOf23And25Hours(t *testing.T) {
	for _, tt := range []struct {
		name  string
		start time.Time // 22:00 the evening before, in London
		hours int
	}{
		{"spring", time.Date(2026, 3, 28, 22, 0, 0, 0, time.UTC), 23},
		{"autumn", time.Date(2026, 10, 24, 21, 0, 0, 0, time.UTC), 25},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				london := mustZone(t, "Europe/London")
				w := newWorld(t, setup{products: 3, start: tt.start, yaml: "timezone: Europe/London\n", sim: simZone(london)})
				w.startDaemon()
				evening := inventory.DateOf(tt.start.In(london))
				time.Sleep(2*time.Hour + time.Minute) // 00:01
				if got := w.product(16).Today; got != evening.AddDays(1) {
					t.Errorf("a minute after midnight today is %s, want %s", got, evening.AddDays(1))
				}
				time.Sleep(time.Duration(tt.hours)*time.Hour - 2*time.Minute) // 23:59
				if got := w.product(16).Today; got != evening.AddDays(1) {
					t.Errorf("a minute before midnight today is %s, want %s", got, evening.AddDays(1))
				}
				if n := requestsFor(w, 16, evening.AddDays(1)); n < tt.hours*4-2 || n > tt.hours*4+3 {
					t.Errorf("%d requests for a day of %d hours, want one every 15 minutes", n, tt.hours)
				}
				time.Sleep(2 * time.Minute) // 00:01
				if got := w.product(16).Today; got != evening.AddDays(2) {
					t.Errorf("a minute after the next midnight today is %s, want %s", got, evening.AddDays(2))
				}
			})
		})
	}
}

// requestsFor counts what the partner was asked for a key since the world began.
func requestsFor(w *world, product int64, date inventory.Date) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[inventory.Key{Product: inventory.ProductID(product), Date: date}]
}
