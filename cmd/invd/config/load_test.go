package config

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// testdata is the folder that other tests of the program share.
const testdata = "../../../testdata/config"

// byName makes zones comparable: a zone's name is all that tells it from others.
var byName = cmp.Comparer(func(a, b *time.Location) bool {
	return a == b || a != nil && b != nil && a.String() == b.String()
})

func mustLoad(t *testing.T, path string) *Config {
	t.Helper()
	c, err := Load(path)
	if err != nil {
		t.Fatalf("Load(%s):\n%v", path, err)
	}
	return c
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// write puts files into a folder, by name and content in turn.
func write(t *testing.T, folder string, files ...string) {
	t.Helper()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(folder, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMinimalFileHasTheContractsDefaults(t *testing.T) {
	got := mustLoad(t, testdata+"/good/minimal.yaml")
	folder, err := filepath.Abs(testdata + "/good")
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Timezone: time.UTC,
		Partner: Partner{
			BaseURL:     mustURL(t, "https://partner.example/api/v1"),
			APIKeyFile:  filepath.Join(folder, "partner.key"),
			Timeout:     10 * time.Second,
			MaxBody:     8 * 1024 * 1024,
			Concurrency: 4,
			Limits:      []Limit{{30, time.Minute}},
		},
		Refresh: Refresh{Policy: "cadence", ReadThrough: false},
		Schedules: []Schedule{
			{"today", 1, 15 * time.Minute, 20 * time.Minute, 2 * time.Hour},
			{"week", 7, 4 * time.Hour, 5 * time.Hour, 12 * time.Hour},
			{"month", 30, 24 * time.Hour, 30 * time.Hour, 48 * time.Hour},
			{"season", 60, 72 * time.Hour, 80 * time.Hour, 96 * time.Hour},
		},
		Retry:    Retry{4, time.Second, 5 * time.Minute},
		Jobs:     Jobs{7 * 24 * time.Hour, 200_000},
		Cache:    Cache{256 * 1024 * 1024},
		Products: []Product{{ID: 14, Zone: time.UTC, Weight: 1, Enabled: true}},
	}
	if diff := cmp.Diff(want, got, byName); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestEveryKeyIsTakenFromTheFile(t *testing.T) {
	got := mustLoad(t, testdata+"/good/full.yaml")
	folder, err := filepath.Abs(testdata + "/good")
	if err != nil {
		t.Fatal(err)
	}
	london := mustZone(t, "Europe/London")
	want := &Config{
		Timezone: london,
		Partner: Partner{
			BaseURL:     mustURL(t, "https://partner.example:8443/api/v1"),
			APIKeyFile:  "/etc/invd/partner.key",
			Timeout:     90 * time.Second,
			MaxBody:     65536,
			Concurrency: 256,
			Limits:      []Limit{{30, time.Minute}, {20000, 36 * time.Hour}},
		},
		Refresh: Refresh{Policy: "cadence"},
		Schedules: []Schedule{
			{"hot-2_day", 2, 500 * time.Millisecond, 666666666, 2 * time.Second},
			{"year", 400, 7 * 24 * time.Hour, time.Hour, 28 * 24 * time.Hour},
		},
		Retry: Retry{20, time.Second, time.Second},
		Jobs:  Jobs{90 * time.Minute, 1},
		Cache: Cache{1 << 30},
		Products: []Product{
			{9007199254740991, "9007", mustZone(t, "America/New_York"), 0.5, false},
			{1, "夜間サファリ　①", london, 1000, true},
			{7, `Ferry, "fast"`, mustZone(t, "Asia/Tokyo"), 2.5, true},
			{8, "", london, 1, true},
			{9, "Zoo", london, 1, false},
		},
		ProductsFile: filepath.Join(folder, "full.csv"),
	}
	if diff := cmp.Diff(want, got, byName); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestProductsFileAloneIsEnough(t *testing.T) {
	c := mustLoad(t, testdata+"/good/products-file.yaml")
	var got []int64
	for _, p := range c.Products {
		got = append(got, p.ID)
	}
	if diff := cmp.Diff([]int64{3, 2, 1}, got); diff != "" {
		t.Errorf("ids, want -, got +:\n%s", diff)
	}
	if got, want := c.Partner.BaseURL.String(), "http://[::1]:9000"; got != want {
		t.Errorf("BaseURL = %s, want %s", got, want)
	}
}

func TestPathsAreRelativeToTheFilesFolder(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "invd.yaml", "partner: {base_url: http://p, api_key_file: keys/../k}\nproducts: [{id: 1}]\nadmin: {token_file: /t}\n")
	t.Chdir(folder)
	c := mustLoad(t, "invd.yaml")
	if got, want := c.Partner.APIKeyFile, filepath.Join(folder, "k"); got != want {
		t.Errorf("APIKeyFile = %s, want %s", got, want)
	}
	if got, want := c.Admin.TokenFile, "/t"; got != want {
		t.Errorf("TokenFile = %s, want %s", got, want)
	}
}

func TestCredentialsDirectoryIsExpanded(t *testing.T) {
	path := testdata + "/good/systemd.yaml"

	t.Setenv("CREDENTIALS_DIRECTORY", "/run/credentials/invd.service")
	c := mustLoad(t, path)
	if got, want := c.Partner.APIKeyFile, "/run/credentials/invd.service/partner_api_key"; got != want {
		t.Errorf("APIKeyFile = %s, want %s", got, want)
	}

	t.Setenv("CREDENTIALS_DIRECTORY", "credentials")
	if _, err := Load(path); err == nil {
		t.Error("Load with a relative CREDENTIALS_DIRECTORY = nil, want an error")
	}

	// Outside of its unit a file can still be checked; the secret is missed when read.
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	c = mustLoad(t, path)
	_, err := c.ReadAPIKey()
	want := "partner.api_key_file: CREDENTIALS_DIRECTORY is not set; systemd sets it for a unit with LoadCredential="
	if err == nil || err.Error() != want {
		t.Errorf("ReadAPIKey = %v, want %s", err, want)
	}
}

func TestAbsentConfigurationIsAnErrorOfTheFileSystem(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "invd.yaml"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load = %v, want fs.ErrNotExist", err)
	}
	if _, err := Load(t.TempDir()); err == nil {
		t.Error("Load of a folder = nil, want an error")
	}
}
