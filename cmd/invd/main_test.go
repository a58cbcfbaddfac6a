package main

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"invd/engine/inventory"
)

// TestMain makes this test binary be invd when it is called so. Scripts and tests
// find it in PATH, and run it as users do.
func TestMain(m *testing.M) {
	// With the race detector every process would sleep for a second before its end.
	if err := os.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"invd": main})
}

// TestScenarios runs the scripts of testdata/scenarios. The commands
// that they have beyond testscript's own stand in scenario_test.go.
func TestScenarios(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                "../../testdata/scenarios",
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			zone, today := noonZone(time.Now())
			e.Setenv("GORACE", os.Getenv("GORACE"))
			e.Setenv("ZONE", zone)
			e.Setenv("TODAY", today)
			e.Setenv("FAR", far(today))
			e.Values[sessionKey{}] = &session{environment: e.Vars, processes: make(map[string]*process)}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": start, "drain": drain, "interrupt": interrupt, "hangup": hangup, "crash": crash,
			"exits": exits, "get": get, "until": waitUntil,
			"json": checkJSON, "let": let, "fill": fill, "garble": garble,
		},
	})
}

// far returns the date 20 days after another.
func far(date string) string {
	d, err := inventory.ParseDate(date)
	if err != nil {
		panic(err)
	}
	return d.AddDays(20).String()
}

// noonZone returns a zone where it is between 12 and 13 o'clock, and the date
// there: a test in it never runs over midnight.
func noonZone(now time.Time) (name, today string) {
	ahead := 12 - now.UTC().Hour() // -11 to 12
	if name = fmt.Sprintf("Etc/GMT%+d", -ahead); ahead == 0 {
		name = "Etc/UTC"
	}
	return name, now.UTC().Add(time.Duration(ahead) * time.Hour).Format(time.DateOnly)
}
