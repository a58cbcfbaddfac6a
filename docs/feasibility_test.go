package docs_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what commands print into the documents that show it")

const feasibility = "docs/api_call_feasibility_analysis.md"

// TestFeasibilityIsWhatThePlanPrints runs every command of the analysis and compares
// what it prints with what the page shows.
func TestFeasibilityIsWhatThePlanPrints(t *testing.T) {
	binary := build(t)
	dir := t.TempDir()
	page := read(t, feasibility)
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(feasibility)))
	if err != nil {
		t.Fatal(err)
	}
	whole, shown := string(text), ""
	for _, b := range page.blocks {
		if name, is := strings.CutPrefix(b.text, "# "); is && b.info == "yaml" {
			name, _, _ = strings.Cut(name, "\n")
			if err := os.WriteFile(filepath.Join(dir, name), []byte(b.text), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		line, got, _ := strings.Cut(b.text, "\n")
		words := commandOf(strings.TrimPrefix(line, "$ "))
		if words == nil {
			t.Errorf("a block begins with %q, want a command", line)
			continue
		}
		plan := exec.Command(binary, words[1:]...)
		plan.Dir = dir
		plan.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
		out, err := plan.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
		want := trimLines(string(out))
		if *update {
			whole = strings.Replace(whole, b.text, line+"\n"+want, 1)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-printed +shown):\n%s", line, diff)
		}
		shown += want
	}
	// And the figures in the sentences are among those.
	for _, figure := range regexp.MustCompile(`\d+(,\d{3})+`).FindAllString(page.prose, -1) {
		if !strings.Contains(shown, figure) {
			t.Errorf("%s speaks of %s, which no command on it prints", feasibility, figure)
		}
	}
	if *update {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(feasibility)), []byte(whole), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// trimLines cuts off what stands at the ends of lines and cannot be seen.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
