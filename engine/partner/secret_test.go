package partner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"invd/engine/partner"
)

// shown is every way in which a value may end up before someone's eyes.
func shown(v any) string {
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	slog.New(slog.NewTextHandler(&b, nil)).Info("shown", "value", v)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("shown", "value", v)
	_ = json.NewEncoder(&b).Encode(v)
	return b.String()
}

func wantNoKey(t *testing.T, what string, v any) {
	t.Helper()
	text := shown(v)
	for _, form := range []string{apiKey, fmt.Sprintf("%x", apiKey), fmt.Sprintf("%v", []byte(apiKey))} {
		if at := strings.Index(text, form); at >= 0 {
			t.Errorf("%s shows the API key: …%.200s", what, text[max(0, at-100):])
		}
	}
}

func TestTheKeyIsNotPrinted(t *testing.T) {
	base := &url.URL{Scheme: "http", Host: "partner.example"}
	o := partner.Options{BaseURL: base, Key: partner.NewSecret(apiKey)}
	wantNoKey(t, "Secret", o.Key)
	wantNoKey(t, "*Secret", &o.Key)
	wantNoKey(t, "Options", o)
	wantNoKey(t, "Client", partner.New(o))
	wantNoKey(t, "Client by value", *partner.New(o))
	wantNoKey(t, "an unexported field", struct{ o partner.Options }{o})
	if got := fmt.Sprint(o.Key); got != "[redacted]" {
		t.Errorf("Secret prints as %q, want [redacted]", got)
	}
	wantNoKey(t, "the zero Secret", partner.Secret{})
}

// raw answers with exactly this text.
func raw(t *testing.T, answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(c, answer)
		_ = c.Close()
	}
}

// A partner may send the key back in whatever it answers, and net/http quotes
// answers that it does not understand. No error shows it, in any of its causes.
func TestTheKeyIsInNoError(t *testing.T) {
	raw := func(answer string) http.HandlerFunc { return raw(t, answer) }
	answers := map[string]http.HandlerFunc{
		"no HTTP":             raw(apiKey + "\r\n\r\n"),
		"no status":           raw("HTTP/1.1 " + apiKey + "\r\n\r\n"),
		"no protocol":         raw("HTTP/" + apiKey + " 200 OK\r\n\r\n"),
		"no header":           raw("HTTP/1.1 200 OK\r\n" + apiKey + "\r\n\r\n"),
		"no length":           raw("HTTP/1.1 200 OK\r\nContent-Length: " + apiKey + "\r\n\r\n"),
		"no chunk":            raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + apiKey),
		"no transfer coding":  raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: " + apiKey + "\r\n\r\n"),
		"status text":         raw("HTTP/1.1 500 " + apiKey + "\r\nContent-Length: 0\r\n\r\n"),
		"redirect":            raw("HTTP/1.1 302 " + apiKey + "\r\nLocation: /" + apiKey + "\r\nContent-Length: 0\r\n\r\n"),
		"redirect to no URL":  raw("HTTP/1.1 302 Found\r\nLocation: http://[" + apiKey + "%\r\nContent-Length: 0\r\n\r\n"),
		"throttled":           raw("HTTP/1.1 429 " + apiKey + "\r\nRetry-After: " + apiKey + "\r\n\r\n{\"" + apiKey + "\":1}"),
		"content encoding":    raw("HTTP/1.1 200 OK\r\nContent-Encoding: " + apiKey + "\r\n\r\n[]"),
		"content type":        raw("HTTP/1.1 200 OK\r\nContent-Type: text/html; x=" + apiKey + "\r\n\r\n[]"),
		"long, key at an end": raw("HTTP/1.1 " + strings.Repeat("x", 200) + apiKey + "\r\n\r\n"),
		"nothing":             raw(""),
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			b := serving(t, answer, nil)
			_, err := b.Fetch(t.Context(), asked)
			if err == nil {
				t.Fatal("Fetch succeeded")
			}
			wantNoKeyInChain(t, err)
			for _, a := range b.attempts {
				wantNoKey(t, "Attempt", a)
			}
		})
	}
	t.Run("transport", func(t *testing.T) {
		b := newBench(t, "http://partner.example", func(o *partner.Options) {
			o.Transport = trip(func(r *http.Request) (*http.Response, error) {
				return nil, fmt.Errorf("dump: %v: %w", r.Header, context.DeadlineExceeded)
			})
		})
		wantNoKeyInChain(t, b.mustFail(t, t.Context(), partner.Timeout))
	})
	t.Run("a key that no header can hold", func(t *testing.T) {
		b := newBench(t, "http://partner.example", func(o *partner.Options) { o.Key = partner.NewSecret(apiKey + "\n") })
		wantNoKeyInChain(t, b.mustFail(t, t.Context(), partner.Transport))
	})
	t.Run("payload", func(t *testing.T) {
		for _, body := range []string{
			`{"` + apiKey + `":1}`, `[{"` + apiKey + `":1,"` + apiKey + `":2}]`, `[{"` + apiKey + `":x}]`, apiKey, `"` + apiKey + `"`,
			`[{"startDate":"` + apiKey + `"}]`, `["\u` + apiKey + `"]`, `[` + apiKey + `]`,
		} {
			if _, _, err := partner.Decode(asked, []byte(body)); err == nil {
				t.Errorf("Decode(%s) succeeded", body)
			} else {
				wantNoKeyInChain(t, err)
			}
		}
	})
}

// A key may have characters in it that net/http quotes, and spaces, at which it cuts.
func TestNoPartOfAKeyThatIsQuotedIsInAnError(t *testing.T) {
	for _, key := range []string{
		`canary"canary`, `canary\canary`, `"canary\\`, `canary\"canary"`, "canary\u00a0canary", "canary canary", `canary" \canary  x`,
	} {
		for name, answer := range map[string]string{
			"no HTTP":            "%s\r\n\r\n",
			"no version":         "%s 200 OK\r\n\r\n",
			"no status":          "HTTP/1.1 %s\r\n\r\n",
			"no header":          "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
			"no length":          "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n",
			"no transfer coding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n",
			"redirect to no URL": "HTTP/1.1 302 Found\r\nLocation: http://[%s%%zz\r\nContent-Length: 0\r\n\r\n",
		} {
			b := serving(t, raw(t, fmt.Sprintf(answer, key)), func(o *partner.Options) { o.Key = partner.NewSecret(key) })
			_, err := b.Fetch(t.Context(), asked)
			if err == nil {
				t.Fatalf("%s: Fetch succeeded", name)
			}
			for ; err != nil; err = errors.Unwrap(err) {
				if strings.Contains(err.Error(), "canary") {
					t.Errorf("%s, key %s: %v", name, key, err)
				}
			}
		}
	}
}

func wantNoKeyInChain(t *testing.T, err error) {
	t.Helper()
	for ; err != nil; err = errors.Unwrap(err) {
		wantNoKey(t, fmt.Sprintf("%T", err), err)
	}
}
