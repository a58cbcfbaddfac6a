package partner_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/partner"
)

var update = flag.Bool("update", false, "rewrite the .golden files")

const payloads = "../../testdata/partner"

// Each payload is named after the key it answers, and what is odd about it:
// 14-2025-03-25-cut.json. 14-2025-03-25 and 15-2025-03-30 have the shape and the
// values of the partner's two real products.
func TestPayloadsDecodeAsWrittenDown(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(payloads, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("Glob(%s) = %d files, %v", payloads, len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			a, notes, err := partner.Decode(mustKey(t, name), mustRead(t, file))
			got := render(a, notes, err)
			golden := strings.TrimSuffix(file, ".json") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(mustRead(t, golden)), got); diff != "" {
				t.Errorf("Decode(%s) (-want +got):\n%s", file, diff)
			}
		})
	}
}

func mustKey(t testing.TB, name string) inventory.Key {
	t.Helper()
	id, rest, _ := strings.Cut(name, "-")
	product, err := inventory.ParseProductID(id)
	if err != nil {
		t.Fatal(err)
	}
	date, err := inventory.ParseDate(rest[:min(len(rest), len("2006-01-02"))])
	if err != nil {
		t.Fatal(err)
	}
	return inventory.Key{Product: product, Date: date}
}

func mustRead(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// render writes down everything that Decode returned.
func render(a inventory.Availability, notes partner.Notes, err error) string {
	var b strings.Builder
	if err != nil {
		fmt.Fprintf(&b, "error %v\n", err)
	} else {
		fmt.Fprintf(&b, "%v %v\n", a.Key, a.State())
	}
	for i := range a.Slots {
		s := &a.Slots[i]
		fmt.Fprintf(&b, "%v–%v variant %q id %q remaining %d\n", s.Start, s.End, s.Variant, s.SourceID, s.Remaining)
		for _, p := range s.Pax {
			fmt.Fprintf(&b, "  %s", renderPax(p))
		}
	}
	if notes.Total() > 0 {
		fmt.Fprintf(&b, "%+v\n", notes)
	}
	return b.String()
}

func renderPax(p inventory.Pax) string {
	primary, price := "", "no price"
	if p.Primary {
		primary = "primary "
	}
	if p.Price != nil {
		price = fmt.Sprintf("%v of %v less %v %s", p.Price.Final, p.Price.Original, p.Price.Discount, p.Price.Currency)
	}
	return fmt.Sprintf("%s%q %q %q min %d max %d remaining %d: %s\n", primary, p.Type, p.Name, p.Description, p.Min, p.Max, p.Remaining, price)
}
