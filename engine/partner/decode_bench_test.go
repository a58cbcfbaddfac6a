package partner_test

import (
	"testing"

	"github.com/go-json-experiment/json"

	"invd/engine/partner"
)

// bare is the least that reading an answer costs: the same library into the same
// fields, without one rule.
type bare []struct {
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

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"14-2025-03-25", "15-2025-03-30"} {
		body, key := mustRead(b, payloads+"/"+name+".json"), mustKey(b, name)
		b.Run("payload="+name+"/by=rules", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, _, err := partner.Decode(key, body); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("payload="+name+"/by=bare-unmarshal", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				var v bare
				if err := json.Unmarshal(body, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBodyHash(b *testing.B) {
	body := mustRead(b, payloads+"/14-2025-03-25.json")
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		partner.BodyHash(body)
	}
}
