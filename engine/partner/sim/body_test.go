package sim_test

import (
	"testing"
	"time"

	"invd/engine/partner/sim"
)

func TestAPartnerCanSpeakForAnotherWorld(t *testing.T) {
	clock := newClock()
	p := sim.New(sim.Options{Now: clock.Now, Body: func(b []byte, product int64, date string, at time.Time) []byte {
		if product != 14 || !at.Equal(clock.now) {
			t.Errorf("asked for product %d at %s, want 14 at %s", product, at, clock.now)
		}
		return sim.AppendSlots(b, product, 7, date, []sim.Slot{{Start: "09:00", Remaining: 3}})
	}})
	const want = `[{"startDate":"2025-03-25","startTime":"09:00","endTime":"09:00","providerSlotId":"225532707686_2025-03-25T09:00",` +
		`"remaining":3,"currencyCode":"SGD","variantId":7,"paxAvailability":[]}]`
	if got := get(p, "/api/v1/inventory/14?date=2025-03-25", "").Body.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(p.Body(14, "2025-03-25", clock.now)); got != want {
		t.Errorf("Body = %s, want %s", got, want)
	}
	if err := p.Set(14, "2025-03-25", []byte("[]")); err != nil {
		t.Fatal(err)
	}
	if got := string(p.Body(14, "2025-03-25", clock.now)); got != "[]" {
		t.Errorf("Body after Set = %s, want []", got)
	}
}
