package metrics

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"invd/engine/partner"
)

// selector matches a metric of ours and, if there are any, its matchers.
var (
	selector = regexp.MustCompile(`\binvd_[a-z0-9_]+(\{[^}]*\})?`)
	matcher  = regexp.MustCompile(`(\w+)(=~|!=|!~|=)"([^"]*)"`)
)

// catalogued returns, by the name that a query uses, the values of each label.
func catalogued(t *testing.T) map[string]map[string][]string {
	t.Helper()
	m := New(Options{Schedules: schedules, Bands: []string{"on-demand", "today"}, Handlers: []string{"slots", "dates"},
		Outcomes: partner.Outcomes(), Key: "partner", Version: "1", Revision: "a", Schema: 1})
	list, err := m.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string][]string{}
	for _, f := range list {
		labels := map[string][]string{}
		for _, s := range f.GetMetric() {
			for _, l := range s.GetLabel() {
				labels[l.GetName()] = append(labels[l.GetName()], l.GetValue())
			}
		}
		for _, suffix := range []string{"", "_bucket", "_sum", "_count"} {
			if suffix == "" || f.GetType().String() == "HISTOGRAM" {
				all[f.GetName()+suffix] = labels
			}
		}
	}
	return all
}

// checkQuery reports every metric, label and label value of a query that does not
// exist. Prometheus itself would say nothing: a wrong name is an empty answer.
func checkQuery(t *testing.T, where, query string, known map[string]map[string][]string) {
	t.Helper()
	for _, s := range selector.FindAllString(query, -1) {
		name, matchers, _ := strings.Cut(s, "{")
		if strings.HasPrefix(name, "invd_") && strings.Contains(query, ":"+name) {
			continue // recorded by a rule
		}
		labels, ok := known[name]
		if !ok {
			t.Errorf("%s: there is no metric %s", where, name)
			continue
		}
		for _, m := range matcher.FindAllStringSubmatch(matchers, -1) {
			if m[1] == "job" || m[1] == "instance" {
				continue
			}
			for value := range strings.SplitSeq(m[3], "|") {
				if !slices.Contains(labels[m[1]], value) {
					t.Errorf("%s: %s has no %s %q, but %v", where, name, m[1], value, labels[m[1]])
				}
			}
		}
	}
}

func TestRulesAskForWhatThereIsAndHaveARunbook(t *testing.T) {
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Record, Expr string
				Labels, Annotations map[string]string
			}
		}
	}
	text, err := os.ReadFile("../docs/prometheus/invd.rules.yml")
	if err == nil {
		err = yaml.Unmarshal(text, &rules)
	}
	if err != nil {
		t.Fatal(err)
	}
	runbook, err := os.ReadFile("../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	known, alerts := catalogued(t), 0
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			checkQuery(t, r.Alert+r.Record, r.Expr, known)
			if r.Alert == "" {
				continue
			}
			alerts++
			if want := "docs/runbook.md#" + strings.ToLower(r.Alert); r.Annotations["runbook"] != want {
				t.Errorf("%s: the runbook is %q, want %q", r.Alert, r.Annotations["runbook"], want)
			}
			if !strings.Contains(string(runbook), "\n## "+r.Alert+"\n") {
				t.Errorf("docs/runbook.md has no entry %s", r.Alert)
			}
			if s := r.Labels["severity"]; s != "page" && s != "ticket" {
				t.Errorf("%s: severity %q, want page or ticket", r.Alert, s)
			}
		}
	}
	if entries := strings.Count(string(runbook), "\n## "); entries != alerts {
		t.Errorf("%d entries in the runbook for %d alerts", entries, alerts)
	}
}

func TestTheDashboardAsksForWhatThereIs(t *testing.T) {
	var board struct {
		Panels []struct {
			Title, Type string
			Targets     []struct{ Expr string }
		}
	}
	text, err := os.ReadFile("../docs/grafana/invd.json")
	if err == nil {
		err = json.Unmarshal(text, &board)
	}
	if err != nil {
		t.Fatal(err)
	}
	known := catalogued(t)
	for _, p := range board.Panels {
		if len(p.Targets) == 0 && p.Type != "row" {
			t.Errorf("panel %q asks for nothing", p.Title)
		}
		for _, q := range p.Targets {
			checkQuery(t, p.Title, q.Expr, known)
		}
	}
}
