package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"invd/engine/report"
)

// planned runs invd plan with arguments and returns what it prints.
func planned(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), append([]string{"plan"}, args...), &out, &errs)
	return out.String(), errs.String(), code
}

func TestAPlanIsTheSameAsTextAndAsJSON(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	text, _, code := planned(t, "--products", "450", "--limit", "30/1m")
	if code != 0 {
		t.Fatalf("exit %d", code)
	}
	for _, want := range []string{
		"450 products, 43,200 requests a day: the schedules do not fit", "stretched 1.81 times", "At most 261 products fit",
		"84,600", "69,750", "cadence *", "###", "budget  ...",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	body, _, _ := planned(t, "--products", "450", "--limit", "30/1m", "--output", "json")
	var p report.Plan
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatal(err)
	}
	if p.Products != 450 || p.Feasible || p.Stretch != 1.81 || p.DemandPerDay != 74_250 || p.AsWrittenPerDay != 84_600 || p.Policy != "cadence" || len(p.Policies) != 3 {
		t.Errorf("the JSON says %+v", p)
	}
}

func TestAPlanOfAFileTakesItsSchedulesProductsAndLimits(t *testing.T) {
	file := filepath.Join(t.TempDir(), "invd.yaml")
	text := `partner: {base_url: 'http://partner/api/v1', api_key_file: key, limits: [{requests: 10, per: 1m}, {requests: 1000, per: 24h}]}
schedules: [{name: soon, days: 2, every: 1h}]
products: [{id: 14}, {id: 15}, {id: 16, enabled: false}]
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args   []string
		want   []string
		absent string
	}{
		{[]string{"--config", file}, []string{"2 products, 1,000 requests a day: the schedules fit", "soon", "At most 20 products fit"}, "week"},
		{[]string{"--config", file, "--products", "21"}, []string{"21 products, 1,000 requests a day: the schedules do not fit", "stretched 1.07 times"}, "week"},
		{[]string{"--config", file, "--limit", "100/1m,90000/24h"}, []string{"2 products, 90,000 requests a day: the schedules fit"}, "stretched "},
	} {
		got, errs, code := planned(t, tt.args...)
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("plan %v lacks %q:\n%s%s", tt.args, want, got, errs)
			}
		}
		if code != 0 || strings.Contains(got, tt.absent) {
			t.Errorf("plan %v: exit %d, want 0 and no %q:\n%s", tt.args, code, tt.absent, got)
		}
	}
}

func TestPlanRefusesWhatItCannotPlanFor(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--limit", "30/1m"}, 2, "how many products"},
		{[]string{"--products", "0"}, 2, "--products 0"},
		{[]string{"--products", "-1"}, 2, "--products -1"},
		{[]string{"--products", "3", "--limit", "30"}, 2, "requests per time"},
		{[]string{"--products", "3", "--limit", "0/1m"}, 2, "requests per time"},
		{[]string{"--config", "/nowhere.yaml"}, 78, "nowhere"},
		{[]string{"--data-dir", t.TempDir()}, 1, "no daemon runs"},
	} {
		if _, errs, code := planned(t, tt.args...); code != tt.code || !strings.Contains(errs, tt.want) {
			t.Errorf("plan %v: exit %d, %q; want %d and %q", tt.args, code, errs, tt.code, tt.want)
		}
	}
}
