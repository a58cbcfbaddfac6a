package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// elsewhere tells of each edge case of the domain that no test named after its
// number (#01 … #74) in this package holds, where it is held instead or why it is
// not this version's.
var elsewhere = map[int]string{
	56: "TestADayOf23And25Hours",
	57: "TestRestartsAtRandomMoments; the bytes on disk are package storage's to test",
	58: "package storage: a disk cannot be filled from here",
	70: "TestNobodyWaitsForASlowWatcher in package httpapi; a stream begins with the state, so that there is nothing to resume",
	71: "webhooks are not in this version",
	72: "OCTO is not in this version",
	74: "TestAnOutageOfSixHoursFailsNoRead",
}

// The wall clock of a synctest bubble does not jump, so of 55 only what a restart
// sees of it is tested here; the rest is package scheduler's.

// TestEveryEdgeCaseIsHeldSomewhere reads the names out of the tests' own source.
func TestEveryEdgeCaseIsHeldSomewhere(t *testing.T) {
	files, err := filepath.Glob("edge_*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`"#(\d\d)[_ ]`)
	named := map[int]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range number.FindAllSubmatch(text, -1) {
			n, _ := strconv.Atoi(string(match[1])) // two digits
			named[n] = true
		}
	}
	const cases = 74
	for n := 1; n <= cases; n++ {
		if reason := elsewhere[n]; named[n] == (reason != "") {
			t.Errorf("edge case %d: named by a test %v, elsewhere %q; want one of them", n, named[n], reason)
		}
	}
}
