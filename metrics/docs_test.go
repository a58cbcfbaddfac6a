package metrics

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the table of docs/metrics.md")

const (
	docsFile   = "../docs/metrics.md"
	tableBegin = "<!-- metrics: printed by go test ./metrics -update -->\n"
	tableEnd   = "<!-- end -->\n"
)

func TestDocsListTheCatalogueAndNothingElse(t *testing.T) {
	raw, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), tableBegin)
	got, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		t.Fatalf("%s has no table between %q and %q", docsFile, tableBegin, tableEnd)
	}
	want := table(catalogue())
	if *update {
		if err := os.WriteFile(docsFile, []byte(before+tableBegin+want+tableEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("%s differs from the catalogue (- docs, + catalogue); run go test ./metrics -update\n%s", docsFile, diff)
	}
}

func table(all []definition) string {
	var b strings.Builder
	b.WriteString("| name | type | labels | what it is | what question it answers |\n| --- | --- | --- | --- | --- |\n")
	for _, d := range all {
		labels := ""
		if len(d.labels) > 0 {
			labels = "`" + strings.Join(d.labels, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", d.name, d.kind, labels, d.help, d.question)
	}
	return b.String()
}
