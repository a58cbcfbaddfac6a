package report

import "testing"

func TestOneThingIsNotMany(t *testing.T) {
	for n, want := range map[int]string{0: "0 jobs", 1: "1 job", 2: "2 jobs", -1: "-1 jobs", 1000: "1000 jobs"} {
		if got := Counted(n, "job"); got != want {
			t.Errorf("Counted(%d) = %q, want %q", n, got, want)
		}
	}
}
