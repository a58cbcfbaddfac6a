package config

import (
	"math"
	"net/url"
	"strings"
	"testing"
)

func TestSizes(t *testing.T) {
	tests := []struct {
		text string
		want int64
		show string // as above
	}{
		{"0", 0, ""},
		{"1", 1, ""},
		{"1023", 1023, ""},
		{"1024", 1024, "1KiB"},
		{"1024B", 1024, "1KiB"},
		{"1536KiB", 1536 << 10, ""},
		{"8MiB", 8 << 20, ""},
		{"8192KiB", 8 << 20, "8MiB"},
		{"1GiB", 1 << 30, ""},
		{"1TiB", 1 << 40, ""},
		{"8388607TiB", 8388607 << 40, ""},
		{"9223372036854775807", math.MaxInt64, ""},
	}
	for _, tt := range tests {
		got, err := parseSize(tt.text)
		if err != nil || got != tt.want {
			t.Errorf("parseSize(%s) = %d, %v; want %d", tt.text, got, err, tt.want)
		}
		show := tt.show
		if show == "" {
			show = tt.text
		}
		if text := formatSize(tt.want); text != show {
			t.Errorf("formatSize(%d) = %s, want %s", tt.want, text, show)
		}
	}
	for _, text := range []string{"", "MiB", "8MB", "8M", "8mib", "8 MiB", "-8MiB", "+8MiB", "1.5GiB", "1e6", "0x10", "8MiBMiB", "8388608TiB", "9223372036854775808"} {
		if n, err := parseSize(text); err == nil {
			t.Errorf("parseSize(%q) = %d, want an error", text, n)
		}
	}
}

func TestNumbersAreFiniteDecimals(t *testing.T) {
	for text, want := range map[string]float64{"1": 1, "0.25": 0.25, ".5": 0.5, "1e3": 1000, "1.5e-3": 0.0015, "1000": 1000} {
		var got float64
		if err := weight(&got).set(text); err != nil || got != want {
			t.Errorf("weight %s = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "-1", "1000.1", "1e999", "1e-999", "inf", "Inf", "NaN", ".nan", "0x1p3", "1_0", "1,5", "e"} {
		got := 7.0
		if err := weight(&got).set(text); err == nil || got != 7 {
			t.Errorf("weight %q = %v, %v; want an error and the value as it was", text, got, err)
		}
	}
	for _, text := range []string{"", "+5", "05", "--5", "-", "5.0", "5e0", "0b1", "1_0", "9223372036854775808", " 5"} {
		if v, err := parseWhole[int64](text); err == nil {
			t.Errorf("parseWhole(%q) = %d, want an error", text, v)
		}
	}
}

func TestBaseURLs(t *testing.T) {
	for text, want := range map[string]string{
		"http://127.0.0.1:9000/api/v1":   "http://127.0.0.1:9000/api/v1",
		"https://partner.example":        "https://partner.example",
		"https://partner.example///":     "https://partner.example",
		"HTTPS://partner.example/a%2Fb/": "https://partner.example/a%2Fb",
		"http://[::1]:1/":                "http://[::1]:1",
	} {
		var got *url.URL
		if err := baseURL(&got).set(text); err != nil || got.String() != want {
			t.Errorf("base_url %s = %v, %v; want %s", text, got, err, want)
		}
	}
	const secret = "s3cret"
	for _, text := range []string{
		"", "/", "partner.example/api", "//partner.example", "/api/v1", "http:", "http:///api", "http://:80", "mailto:a@b",
		"unix:///run/partner.sock", "http://p:0", "http://p:65536", "http://p:http", "http://p q", "http://p/%zz", "http://p\n", "http://p/a b", "http://p/é",
		"http://p?", "http://p/?key=1", "http://p#", "http://p/#top",
		"http://user:" + secret + "@p", "http://user@p", "ftp://user:" + secret + "@p", "http://user:" + secret + "@p:x",
	} {
		var got *url.URL
		err := baseURL(&got).set(text)
		if err == nil || got != nil {
			t.Errorf("base_url %q = %v, want an error", text, got)
			continue
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("base_url: the error %q gives the password away", err)
		}
	}
}

func TestScheduleNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"a": true, "today": true, "h24_x-y": true, "a" + strings.Repeat("b", 31): true, "on-demand2": true,
		"": false, "a" + strings.Repeat("b", 32): false, "Today": false, "2days": false, "-a": false, "_": false,
		"a b": false, "a.b": false, "tägl": false, "a\n": false, "on-demand": false, "retry": false, "backfill": false,
	} {
		var got string
		if err := scheduleName(&got).set(name); (err == nil) != ok {
			t.Errorf("name %q: %v, want ok %v", name, err, ok)
		}
	}
}

func TestPaths(t *testing.T) {
	r := source(t, "")
	r.folder = "/etc/invd"
	r.getenv = func(name string) string { return map[string]string{"CREDENTIALS_DIRECTORY": "/run/c"}[name] }
	for text, want := range map[string]string{
		"partner.key":                      "/etc/invd/partner.key",
		"./a/../b c":                       "/etc/invd/b c",
		"../k":                             "/etc/k",
		"/k/":                              "/k",
		"${CREDENTIALS_DIRECTORY}/k":       "/run/c/k",
		"${CREDENTIALS_DIRECTORY}/../../k": "/k",
	} {
		if got, err := r.resolve(text); err != nil || got != want {
			t.Errorf("resolve(%s) = %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", " ", "a\x00b", "a\nb", "$HOME/k", "${HOME}/k", "${CREDENTIALS_DIRECTORY}", "${CREDENTIALS_DIRECTORY}k", "x/${CREDENTIALS_DIRECTORY}/k", "$CREDENTIALS_DIRECTORY/k"} {
		if got, err := r.resolve(text); err == nil {
			t.Errorf("resolve(%q) = %s, want an error", text, got)
		}
	}
}

func TestSuggestions(t *testing.T) {
	known := []string{"base_url", "api_key_file", "timeout", "max_body", "concurrency", "limits", "cap", "per", "id"}
	for unknown, want := range map[string]string{
		"timout": "timeout", "tiemout": "timeout", "time-out": "timeout", "TIMEOUT": "timeout", "timeouts": "timeout",
		"api_key": "api_key_file", "url": "base_url", "maxBody": "max_body", "max-body": "max_body", "limit": "limits",
		"cpa": "cap", "ID": "id", "concurency": "concurrency",
		"": "", "x": "", "retries": "", "zzzzzz": "", "ca": "cap", strings.Repeat("timeout", 20): "",
	} {
		if got := suggest(unknown, known); got != want {
			t.Errorf("suggest(%q) = %q, want %q", unknown, got, want)
		}
	}
}
