package config

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestExampleLoadsBesideTheFilesItNames(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "invd.yaml", string(Example()),
		"partner.key", "the key\n", "admin.token", "the token\n")
	c := mustLoad(t, filepath.Join(folder, "invd.yaml"))
	singapore := mustZone(t, "Asia/Singapore")
	want := &Config{
		Timezone: singapore,
		Partner: Partner{
			BaseURL:     &url.URL{Scheme: "http", Host: "127.0.0.1:9000", Path: "/api/v1"},
			APIKeyFile:  filepath.Join(folder, "partner.key"),
			Timeout:     10 * time.Second,
			MaxBody:     8 << 20,
			Concurrency: 4,
			Limits:      []Limit{{30, time.Minute}},
		},
		Refresh: Refresh{Policy: "adaptive"},
		Schedules: []Schedule{
			{"today", 1, 15 * time.Minute, 20 * time.Minute, 2 * time.Hour},
			{"week", 7, 4 * time.Hour, 5 * time.Hour, 12 * time.Hour},
			{"month", 30, 24 * time.Hour, 30 * time.Hour, 48 * time.Hour},
			{"season", 60, 72 * time.Hour, 80 * time.Hour, 96 * time.Hour},
		},
		Retry: Retry{4, time.Second, 5 * time.Minute},
		Jobs:  Jobs{168 * time.Hour, 200000},
		Cache: Cache{256 << 20},
		Admin: Admin{TokenFile: filepath.Join(folder, "admin.token")},
		Products: []Product{
			{14, "Night Safari", singapore, 1, true},
			{15, "Island Ferry", mustZone(t, "Europe/London"), 5, true},
		},
		Snapshots: &Snapshots{Dir: filepath.Join(folder, "snapshots"), Every: 6 * time.Hour, Keep: 8},
	}
	if diff := cmp.Diff(want, c, byName); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if key, err := c.ReadAPIKey(); err != nil || key != "the key" {
		t.Errorf("ReadAPIKey = %q, %v", key, err)
	}
	if token, err := c.ReadAdminToken(); err != nil || token != "the token" {
		t.Errorf("ReadAdminToken = %q, %v", token, err)
	}
}

func TestExampleIsTheCallersToChange(t *testing.T) {
	Example()[0] = 'X'
	if Example()[0] == 'X' {
		t.Error("a caller changed the example of all")
	}
}

func TestShownConfigurationLoadsAsTheSame(t *testing.T) {
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	files, err := filepath.Glob(testdata + "/good/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no good files: %v", err)
	}
	for _, file := range files {
		want := mustLoad(t, file)
		shown, err := want.Show()
		if err != nil {
			t.Fatalf("Show of %s: %v", file, err)
		}
		elsewhere := filepath.Join(t.TempDir(), "shown.yaml")
		if err := os.WriteFile(elsewhere, shown, 0o600); err != nil {
			t.Fatal(err)
		}
		got := mustLoad(t, elsewhere)
		want.ProductsFile = "" // its products are among the others
		if diff := cmp.Diff(want, got, byName); diff != "" {
			t.Errorf("%s, want -, got +:\n%s\nshown:\n%s", file, diff, shown)
		}
	}
}

func TestShowFillsInDefaultsAndReadsNoSecret(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "invd.yaml", "partner: {base_url: http://p, api_key_file: k}\nadmin: {token_file: t}\nproducts: [{id: 1, name: \"1\"}]\n",
		"k", "s3cret", "t", "s3cret")
	c := mustLoad(t, filepath.Join(folder, "invd.yaml"))
	got, err := c.Show()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(`# The effective configuration: every default filled in, every path absolute.
timezone: UTC
partner:
  base_url: http://p
  api_key_file: FOLDER/k
  timeout: 10s
  max_body: 8MiB
  concurrency: 4
  limits:
    - {requests: 30, per: 1m}
refresh:
  policy: cadence
  read_through: false
schedules:
  - {name: today, days: 1, every: 15m, objective: 20m, max_age: 2h}
  - {name: week, days: 7, every: 4h, objective: 5h, max_age: 12h}
  - {name: month, days: 30, every: 24h, objective: 30h, max_age: 48h}
  - {name: season, days: 60, every: 72h, objective: 80h, max_age: 96h}
retry:
  max_attempts: 4
  base: 1s
  cap: 5m
jobs:
  keep: 7d
  keep_max: 200000
cache:
  max_bytes: 256MiB
admin:
  token_file: FOLDER/t
products:
  - {id: 1, name: "1", timezone: UTC, weight: 1, enabled: true}
`, "FOLDER", folder)
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}
