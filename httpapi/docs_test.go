package httpapi

import (
	"context"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documented are the routes of a section's table: rows that begin with
// | `GET /path` |, where [/] stands for with and without.
var documented = regexp.MustCompile("(?m)^\\| `([A-Z]+ /[^`]*)` \\|")

func TestDocsListTheRoutesAndNoOthers(t *testing.T) {
	raw, err := os.ReadFile("../docs/api_design.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "\n## Public listener\n")
	public, private, ok := strings.Cut(rest, "\n## Admin listener\n")
	if !ok {
		t.Fatal("docs/api_design.md has no sections Public listener and Admin listener")
	}
	operator := &admin{reload: func(context.Context) error { return nil }, database: noDatabase{}} // so that it has their routes
	for _, tt := range []struct {
		section, text string
		routes        []route
	}{
		{"Public listener", public, (&Public{}).routes(probes{})},
		{"Admin listener", private, operator.routes(probes{}, http.NotFoundHandler())},
	} {
		var got []string
		for _, m := range documented.FindAllStringSubmatch(tt.text, -1) {
			plain, both := strings.CutSuffix(m[1], "[/]")
			got = append(got, plain)
			if both {
				got = append(got, plain+"/")
			}
		}
		var want []string
		for _, r := range tt.routes {
			want = append(want, r.method+" "+inBraces(r.path))
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s of docs/api_design.md (- routes, + docs):\n%s", tt.section, diff)
		}
		// The router knows what the table says, and HEAD with every GET.
		router := newRouter(tt.routes, nil)
		for _, r := range tt.routes {
			methods := []string{r.method}
			if r.method == http.MethodGet {
				methods = append(methods, http.MethodHead)
			}
			for _, m := range methods {
				path := strings.NewReplacer(":id", "14", ":name", "today", "*item", "heap").Replace(r.path)
				if h, _, _ := router.Lookup(m, path); h == nil {
					t.Errorf("the router has no %s %s", m, path)
				}
			}
		}
	}
}

// inBraces writes httprouter's parameters as the documents do: {id}, *.
func inBraces(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		switch {
		case strings.HasPrefix(p, ":"):
			parts[i] = "{" + p[1:] + "}"
		case strings.HasPrefix(p, "*"):
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}
