package forecast_test

import (
	"fmt"
	"testing"

	"invd/engine/forecast"
)

func BenchmarkForecast(b *testing.B) {
	for _, n := range []int{10, 450, 16_000} {
		b.Run(fmt.Sprintf("products=%d", n), func(b *testing.B) {
			c := catalogue(n)
			for b.Loop() {
				forecast.New(c, 43_200, forecast.Reference(n, forecast.AheadTo(c.Rules)))
			}
		})
	}
}
