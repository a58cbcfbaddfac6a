package httpapi

import (
	"net/http"
	"strings"

	"github.com/julienschmidt/httprouter"
)

// A Check is one of the conditions of readiness.
type Check struct {
	Name   string
	OK     bool
	Detail string // for an operator; "" if there is nothing to say
}

// probes answer whether the daemon works and whether to send it requests.
type probes struct {
	ready   func() (bool, []Check)
	healthy func() error
	verbose bool // ?verbose and reasons are for operators
}

func (p probes) serveHealthy(w http.ResponseWriter, _ *http.Request, _ httprouter.Params) {
	if p.healthy != nil {
		if err := p.healthy(); err != nil {
			text := "invd is not healthy.\n"
			if p.verbose {
				text += err.Error() + "\n"
			}
			writeText(w, http.StatusServiceUnavailable, text)
			return
		}
	}
	writeText(w, http.StatusOK, "invd is healthy.\n")
}

func (p probes) serveReady(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	ready, checks := true, []Check(nil)
	if p.ready != nil {
		ready, checks = p.ready()
	}
	code, text := http.StatusOK, "invd is ready.\n"
	if !ready {
		code, text = http.StatusServiceUnavailable, "invd is not ready.\n"
	}
	if _, n := param(r.URL.RawQuery, "verbose"); n > 0 && p.verbose {
		text = listed(checks) + text
	}
	writeText(w, code, text)
}

// listed returns a line for each check: "[+] store", "[-] partner: key refused".
func listed(checks []Check) string {
	var b strings.Builder
	for _, c := range checks {
		sign := "[-] "
		if c.OK {
			sign = "[+] "
		}
		b.WriteString(sign + c.Name)
		if c.Detail != "" {
			b.WriteString(": " + c.Detail)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func writeText(w http.ResponseWriter, code int, text string) {
	h := w.Header()
	h["Content-Type"] = textType
	h["X-Content-Type-Options"] = nosniff
	h["Cache-Control"] = noStore
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text)) // the prober has gone; there is nobody to tell
}
