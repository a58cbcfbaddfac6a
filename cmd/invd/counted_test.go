package main

import (
	"strings"
	"testing"

	"invd/engine/report"
)

func TestOneIsNotMany(t *testing.T) {
	var out strings.Builder
	st := report.Status{}
	for _, tt := range []struct {
		paused int
		want   string
	}{{0, ""}, {1, "PAUSED    1 more product; see invd products list\n"}, {2, "PAUSED    2 more products; see invd products list\n"}} {
		out.Reset()
		st.Products.Paused = tt.paused
		printProductPauses(&out, paint(false), st)
		if got := out.String(); got != tt.want {
			t.Errorf("%d products paused: %q, want %q", tt.paused, got, tt.want)
		}
	}
	for requests, want := range map[int]string{1: ": 1 request, about", 2: ": 2 requests, about"} {
		if got := costOf(&report.Backfill{Cost: report.Cost{Requests: requests}}); !strings.Contains(got, want) {
			t.Errorf("%d: %q, want %q in it", requests, got, want)
		}
	}
}
