package httpapi

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// Row A7 of the fault list: a text that somebody sends is in one line of the log, as a
// value, and never a line or an attribute of its own.
func TestNoRequestForgesALineOfTheLog(t *testing.T) {
	const forged = "level=ERROR msg=forged"
	type request struct{ path, body, authorization string }
	var requests []request
	for _, gap := range []string{" ", "\n", "\r\n", "\u2028", "\u0085", "\x00", "\x1b[2K", `" `, "'", `\n`, "\t", "\u202e", "\xff"} {
		reason, err := json.Marshal(map[string]string{"reason": "x" + gap + forged})
		if err != nil {
			t.Fatal(err)
		}
		requests = append(requests,
			request{"/api/v1/pause", string(reason), "Bearer " + token},
			request{"/api/v1/pause", `{"for": "1h` + strings.Trim(string(reason[11:len(reason)-2]), `"`) + `"}`, "Bearer " + token},
			request{"/api/v1/schedules/" + gap + forged + "/trigger", "", "Bearer " + token},
			request{"/api/v1/products/" + gap + forged + "/pause", "", "Bearer " + token},
			request{"/api/v1/pause", "", "Bearer x" + gap + forged},
		)
	}
	formats := map[string]struct {
		handler func(*bytes.Buffer) slog.Handler
		line    *regexp.Regexp
	}{
		"text": {func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			regexp.MustCompile(`^time=\S+ level=(INFO|WARN) msg="admin change( refused)?"( \w+=([^\s"=]*|"([^"\\]|\\.)*"))*\n$`)},
		"json": {func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
			regexp.MustCompile(`^\{"time":"[^"]+","level":"(INFO|WARN)","msg":"admin change( refused)?",.*\}\n$`)},
	}
	for name, format := range formats {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			events := NewEvents(nil, nil)
			h := NewAdmin(AdminOptions{Controller: new(fakeController), Metrics: http.NotFoundHandler(), Events: events, Token: token, Log: slog.New(format.handler(&log))})
			for _, q := range requests {
				r := httptest.NewRequest("POST", "/", strings.NewReader(q.body))
				r.URL.Path = q.path // as a router sees it, with everything unescaped
				r.Header.Set("Authorization", q.authorization)
				if q.authorization != "Bearer "+token {
					r.RemoteAddr = "192.0.2.66:4711" // who soon must wait
				}
				h.ServeHTTP(httptest.NewRecorder(), r)
			}
			lines := 0
			for line := range strings.Lines(log.String()) {
				lines++
				if !format.line.MatchString(line) || name == "json" && !json.Valid([]byte(line)) {
					t.Errorf("a line that is not ours: %q", line)
				}
			}
			// All but the guesses beyond the tenth leave one line.
			guesses := len(requests) / 5
			if want := len(requests) - (guesses - maxTries); lines != want {
				t.Errorf("%d requests left %d lines, want %d", len(requests), lines, want)
			}
		})
	}
}
