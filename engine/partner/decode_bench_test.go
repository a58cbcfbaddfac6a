package partner_test

import (
	"testing"

	"invd/engine/partner"
)

// BenchmarkDecode is decoding a real answer; beside a bare decode by the same
// library it is measured in bench (BenchmarkUnchanged).
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"14-2025-03-25", "15-2025-03-30"} {
		body, key := mustRead(b, payloads+"/"+name+".json"), mustKey(b, name)
		b.Run("payload="+name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, _, err := partner.Decode(key, body); err != nil {
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
