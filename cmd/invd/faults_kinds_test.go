package main

import (
	"strings"
	"testing"
	"time"

	"invd/engine/partner/sim"
)

// useless are the faults whose answers cannot be used, by what the daemon must call
// them. All others spoil an answer that can be used for what it says.
var useless = map[string]string{
	"server_error": "500 502 503 504 500-html",
	"refused":      "400",
	"not_found":    "404 410",
	"unauthorized": "401 403",
	"throttled": "403-rate-limit 503-retry-after 429-bare 429-conflict 429-http-date 429-obsolete-date 429-ratelimit-reset 429-x-ratelimit-reset " +
		"429-reset-ms 429-reset-seconds 429-reset-string 429-reset-past 429-reset-year 429-reset-zero 429-reset-negative 429-reset-null 429-reset-huge " +
		"429-reset-text 429-reset-missing 429-retry-after 429-retry-after-zero 429-retry-after-negative 429-retry-after-year 429-retry-after-overflow " +
		"429-retry-after-fraction 429-retry-after-text",
	"timeout":   "hang hang-after-headers drip drip-headers late",
	"transport": "drop cut cut-chunked reset chunk-garbage two-lengths length-invalid bad-header not-http gzip-truncated many-headers huge-header",
	"too_large": "huge endless many-slots million-elements gzipbomb",
	"bad_payload": "204 304 redirect redirect-same redirect-loop redirect-downgrade html200 wrong-content-type " +
		"null object empty-string no-body blank list-of-null list-of-numbers error-200 not-json deep wrapped truncated trailing " +
		"bad-utf8 raw-control lone-surrogate nan infinity duplicate-keys wrong-date date-ddmm " +
		"gzip-nested gzip-false length-short cut-unframed",
}

// kindOf returns what the daemon must call a fault's answer, "" when it is of use.
func kindOf(f sim.Fault) string {
	for kind, faults := range useless {
		for _, name := range strings.Fields(faults) {
			if name == string(f) {
				return kind
			}
		}
	}
	return ""
}

// holds are for how long a throttled daemon must ask nothing, where it is not 40 s.
var holds = map[sim.Fault]time.Duration{
	"503-retry-after": 30 * time.Second, "429-retry-after": 30 * time.Second, "429-retry-after-fraction": 30 * time.Second,
	"429-bare": time.Minute, "429-reset-null": time.Minute, "429-reset-text": time.Minute, "429-reset-missing": time.Minute, "429-retry-after-text": time.Minute,
	"429-reset-past": time.Second, "429-reset-zero": time.Second, "429-reset-negative": time.Second,
	"429-retry-after-zero": time.Second, "429-retry-after-negative": time.Second,
	"429-reset-year": 5 * time.Minute, "429-reset-huge": 5 * time.Minute, "429-retry-after-year": 5 * time.Minute, "429-retry-after-overflow": 5 * time.Minute,
}

func holdOf(f sim.Fault) time.Duration {
	if hold, ok := holds[f]; ok {
		return hold
	}
	return 40 * time.Second
}

// The table names faults that there are, and each once.
func TestUselessFaultsExist(t *testing.T) {
	named := map[string]string{}
	for kind, faults := range useless {
		for _, name := range strings.Fields(faults) {
			if sim.Fault(name).About() == "" || named[name] != "" {
				t.Errorf("%s is %s: there is no such fault, or it is %s already", name, kind, named[name])
			}
			named[name] = kind
		}
	}
}
