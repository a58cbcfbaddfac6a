package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var scenarioName = regexp.MustCompile("`TestScenarios/(\\w+)`")

// allTests are the names of the tests of the whole tree, whatever their build tags.
func allTests(t *testing.T) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range testFunction.FindAllSubmatch(text, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Each row names a test, or says in bold that there is nothing to test.
func TestEveryFeatureHasATestOrSaysThatItIsMissing(t *testing.T) {
	there := allTests(t)
	rows, missing := 0, 0
	for line := range strings.Lines(read(t, "docs/features.md").prose) {
		for _, m := range testName.FindAllStringSubmatch(line, -1) {
			if !there[m[1]] {
				t.Errorf("there is no %s", m[1])
			}
		}
		for _, m := range scenarioName.FindAllStringSubmatch(line, -1) {
			if _, err := os.Stat(filepath.Join(root, "testdata", "scenarios", m[1]+".txtar")); err != nil {
				t.Error(err)
			}
		}
		cells := strings.Split(line, "|")
		if len(cells) != 6 || strings.HasPrefix(cells[1], " ---") || strings.TrimSpace(cells[3]) == "tests" {
			continue
		}
		rows++
		tested := testName.MatchString(cells[3]) || scenarioName.MatchString(cells[3])
		if bold := strings.Contains(cells[2], "**"); !tested && !bold {
			t.Errorf("%s: neither a test nor a word that it is missing", strings.TrimSpace(cells[1]))
		} else if bold {
			missing++
		}
	}
	t.Logf("%d rows, %d of them missing something", rows, missing)
	if rows < 40 {
		t.Errorf("found %d rows, want at least 40: the search for them is broken", rows)
	}
}
