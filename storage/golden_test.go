package storage

import (
	"encoding/hex"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"invd/engine/inventory"
)

// The example in the package comment must be what is written, byte by byte: a
// change of it is a change of the format.
func TestTheDocumentedExampleIsWhatIsWritten(t *testing.T) {
	a := &inventory.Availability{
		Key: inventory.Key{Product: 14, Date: mustDate(t, "2026-04-09")},
		Slots: []inventory.Slot{{
			Start: 19*60 + 15, End: inventory.NoClock, Variant: "tram", Remaining: 40,
			Pax: []inventory.Pax{{
				Type: "ADULT", Name: "Adult", Min: 1, Max: inventory.NoLimit, Remaining: 40, Primary: true,
				Price: &inventory.Price{
					Final:    inventory.Money{Units: 21214, Scale: 2},
					Original: inventory.Money{Units: 220},
					Discount: inventory.Money{Units: 786, Scale: 2},
					Currency: "SGD",
				},
			}},
		}},
	}
	d := day{
		bodyHash:  0x1122334455667788,
		requested: time.Date(2026, 4, 8, 12, 0, 0, 0, time.UTC).UnixNano(),
		checked:   time.Date(2026, 4, 8, 12, 0, 1, 0, time.UTC).UnixNano(),
		changed:   time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC).UnixNano(),
		revision:  3,
		state:     a.State(),
		slots:     mustEncode(t, a.Slots),
	}
	key := dayKey(a.Key)
	want := hex.EncodeToString(key) + hex.EncodeToString(d.encode(key))

	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, line := range regexp.MustCompile(`(?m)^//\t((?:[0-9a-f]{2} ?)+) `).FindAllStringSubmatch(string(text), -1) {
		got.WriteString(strings.ReplaceAll(line[1], " ", ""))
	}
	if got.String() != want {
		t.Errorf("doc.go shows\n%s, want\n%s", got.String(), want)
	}
}
