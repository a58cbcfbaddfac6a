package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	testName     = regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	runFlag      = regexp.MustCompile(`-run ('[^']+'|\S+)`)
	testPackage  = regexp.MustCompile(`\./[\w/]+`)
)

// testsOf returns the names of a package's tests, whatever their build tags.
func testsOf(t *testing.T, pkg string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pkg), "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Errorf("docs/reliability.md: %s has no tests (%v)", pkg, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range testFunction.FindAllSubmatch(text, -1) {
			names = append(names, string(m[1]))
		}
	}
	return names
}

// Every row names tests that its command runs.
func TestEveryPromiseHasTestsThatItsCommandRuns(t *testing.T) {
	rows := 0
	for line := range strings.Lines(read(t, "docs/reliability.md").prose) {
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
		if len(cells) != 7 || !testName.MatchString(cells[2]) {
			continue
		}
		rows++
		promise, command := strings.TrimSpace(cells[1]), strings.ReplaceAll(cells[4], "\x00", "|")
		flag := runFlag.FindStringSubmatch(strings.Trim(strings.TrimSpace(command), "`"))
		if flag == nil {
			t.Errorf("%s: no -run in %s", promise, command)
			continue
		}
		runs, err := regexp.Compile(strings.Trim(flag[1], "'"))
		if err != nil {
			t.Errorf("%s: %v", promise, err)
			continue
		}
		var there []string
		for _, pkg := range testPackage.FindAllString(command, -1) {
			there = append(there, testsOf(t, pkg)...)
		}
		for _, name := range testName.FindAllStringSubmatch(cells[2], -1) {
			if !slices.Contains(there, name[1]) || !runs.MatchString(name[1]) {
				t.Errorf("%s: %s does not run %s", promise, strings.TrimSpace(command), name[1])
			}
		}
	}
	if rows < 20 {
		t.Errorf("found %d promises, want at least 20: the search for them is broken", rows)
	}
}
