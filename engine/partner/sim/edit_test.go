package sim

import (
	"bytes"
	"testing"
)

func TestDrop(t *testing.T) {
	const body = `[{"a":1,"b":"x","c":2},{"a":3,"b":{"d":4},"c":5}]`
	tests := []struct {
		name, marker string
		n            int
		want         string
	}{
		{"everywhere", `"b":`, everywhere, `[{"a":1,"c":2},{"a":3,"c":5}]`},
		{"once", `"a":`, once, `[{"b":"x","c":2},{"a":3,"b":{"d":4},"c":5}]`},
		{"not there", `"e":`, everywhere, body},
		{"cut off by another fault", `"c":5}]`, everywhere, `[{"a":1,"b":"x","c":2},{"a":3,"b":{"d":4},`},
	}
	for _, tt := range tests {
		if got := string(drop([]byte(body), tt.marker, tt.n)); got != tt.want {
			t.Errorf("%s: drop = %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Together with a fault that makes the body large there are a hundred thousand members.
func TestDropCopiesABodyOnce(t *testing.T) {
	body := bytes.Repeat([]byte(`{"a":1,"b":2},`), 1000)
	if got := testing.AllocsPerRun(10, func() { drop(body, `"a":`, everywhere) }); got > 1 {
		t.Errorf("drop of 1,000 members allocates %v times, want once", got)
	}
}
