package bench

import (
	"os"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"invd/engine/inventory"
	"invd/engine/partner"
	"invd/engine/refresh"
	"invd/storage"
)

// BenchmarkAnswer is what an answer costs that changes nothing, which most do:
// by=hash when its body is the one confirmed last; by=content when only its slots
// are, so that it is decoded, checked and compared; by=unmarshal is reading the
// same bytes with the same library, and nothing else.
func BenchmarkAnswer(b *testing.B) {
	body, err := os.ReadFile("../testdata/partner/14-2025-03-25.json")
	if err != nil {
		b.Fatal(err)
	}
	date, err := inventory.ParseDate("2025-03-25")
	if err != nil {
		b.Fatal(err)
	}
	k := inventory.Key{Product: 14, Date: date}
	s, err := storage.Open(b.TempDir(), storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	sync := func(hash uint64) (storage.Synced, error) {
		a, _, err := partner.Decode(k, body)
		if err != nil {
			return storage.Synced{}, err
		}
		a.RequestedAt = time.Now()
		a.CheckedAt = a.RequestedAt
		return s.Sync(&a, hash, refresh.End{})
	}
	if _, err := sync(partner.BodyHash(body)); err != nil {
		b.Fatal(err)
	}

	b.Run("by=hash", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			now := time.Now()
			if ok, err := s.Confirm(k, partner.BodyHash(body), now, now, refresh.End{}); err != nil || !ok {
				b.Fatal(ok, err)
			}
		}
	})
	b.Run("by=content", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			if synced, err := sync(partner.BodyHash(body)); err != nil || synced.Outcome != refresh.Unchanged {
				b.Fatal(synced, err)
			}
		}
	})
	b.Run("by=unmarshal", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			var v []partnerSlot
			if err := json.Unmarshal(body, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// partnerSlot has the members of an answer, into the plainest of types.
type partnerSlot struct {
	StartDate       string `json:"startDate"`
	StartTime       string `json:"startTime"`
	EndTime         string `json:"endTime"`
	ProviderSlotID  string `json:"providerSlotId"`
	Remaining       int64  `json:"remaining"`
	CurrencyCode    string `json:"currencyCode"`
	VariantID       int64  `json:"variantId"`
	PaxAvailability []struct {
		Max         int64  `json:"max"`
		Min         int64  `json:"min"`
		Remaining   int64  `json:"remaining"`
		Type        string `json:"type"`
		IsPrimary   bool   `json:"isPrimary"`
		Description string `json:"description"`
		Name        string `json:"name"`
		Price       struct {
			Discount      float64 `json:"discount"`
			FinalPrice    float64 `json:"finalPrice"`
			OriginalPrice float64 `json:"originalPrice"`
			CurrencyCode  string  `json:"currencyCode"`
		} `json:"price"`
	} `json:"paxAvailability"`
}
