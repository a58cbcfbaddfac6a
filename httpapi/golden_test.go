package httpapi

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
)

var update = flag.Bool("update", false, "rewrite testdata/http")

func TestGoldenAnswers(t *testing.T) {
	store := mirrored(t)
	odd := mustDate(t, "2025-03-26")
	store.put(record(15, odd, noon, oddSlots(t)...))
	unpriced := inventory.Slot{Remaining: 5, Pax: []inventory.Pax{pax("ADULT", "Adult", "", 5, nil)}}
	store.put(record(15, odd.AddDays(1), noon, unpriced))
	inBubble(t, store, func(t *testing.T, p *Public, _ *heard) {
		for _, tt := range []struct{ file, target string }{
			{"slots_14.json", "/api/v1/experience/14/slots?date=2025-03-25"},
			{"slots_15.json", "/api/v1/experience/15/slots?date=2025-03-30"},
			{"slots_sold_out.json", "/api/v1/experience/14/slots?date=2025-03-27"},
			{"slots_odd.json", "/api/v1/experience/15/slots?date=2025-03-26"},
			{"slots_closed.json", "/api/v1/experience/14/slots?date=2025-03-26"},
			{"dates_14.json", "/api/v1/experience/14/dates"},
			{"dates_15.json", "/api/v1/experience/15/dates"},
			{"dates_unknown.json", "/api/v1/experience/99/dates"},
			{"bad_date.json", "/api/v1/experience/14/slots?date=tomorrow"},
			{"bad_id.json", "/api/v1/experience/abc/slots?date=2025-03-25"},
		} {
			got := ask(p, "GET", tt.target).Body.Bytes()
			if !json.Valid(got) {
				t.Errorf("%s: not JSON: %s", tt.target, got)
			}
			file := filepath.Join("../testdata/http", tt.file)
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s differs from %s (- want, + got):\n%s", tt.target, file, diff)
			}
		}
	})
}

// oddSlots have everything that is optional missing and everything awkward in
// their texts.
func oddSlots(t *testing.T) []inventory.Slot {
	exact := price(t, "212.140", "0.000001")
	exact.Discount, exact.Currency = inventory.Money{Units: -5, Scale: 1}, "JPY"
	return []inventory.Slot{
		{Start: 23*60 + 59, End: inventory.NoClock, Remaining: inventory.MaxRemaining},
		{Start: 0, End: 9 * 60, Pax: []inventory.Pax{
			{Type: "ADULT_P_16~99", Name: "“Größe” \"L\"\\ </script>", Description: "a\u2028b\u2029c\td\x01\x7f", Max: inventory.NoLimit},
			{Type: "SENIOR", Max: 1, Price: exact, Remaining: 1},
		}},
	}
}
