package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"invd/engine/report"
)

const canaryConfig = `timezone: %s
partner: {base_url: "%s", api_key_file: partner.key, limits: [{requests: 1000, per: 1s}]}
schedules: [{name: today, days: 2, every: 15m}]
retry: {max_attempts: 1}
admin: {token_file: admin.token, tls: {cert_file: cert.pem, key_file: key.pem}}
snapshots: {dir: snapshots, every: 1m}
products: [{id: 14}, {id: 17}, {id: 18}, {id: 19}, {id: 20}, {id: 21}, {id: 22}, {id: 23}, {id: 24}, {id: 25}, {id: 26}]
`

// TestNoSecretLeavesTheDaemon runs a daemon at log level debug with a partner that
// repeats the key wherever it can, has what can go wrong go wrong, and looks for the
// partner's key and the admin token in all that the daemon writes, answers and keeps, to
// the stacks it leaves when it is killed.
func TestNoSecretLeavesTheDaemon(t *testing.T) {
	t.Parallel()
	key, token := newCanary(), newCanary()
	h := &hunt{t: t, canaries: []canary{key, token}}
	partner := &babbler{key: key}
	server := httptest.NewServer(partner)
	t.Cleanup(server.Close)
	m := &mirror{t: t, dir: t.TempDir(), client: plainClient}
	m.commands.dataDir = filepath.Join(m.dir, "data")
	zone, _ := noonZone(time.Now())
	config := fmt.Appendf(nil, canaryConfig, zone, server.URL)
	shows := newPair(t, 1)
	m.write(map[string][]byte{
		"invd.yaml": config, "partner.key": []byte(key + "\n"), "admin.token": []byte(token + "\n"), "cert.pem": shows.cert, "key.pem": shows.key,
	})
	var err error
	m.process, err = startProcess(m.dir, "daemon", append(os.Environ(), "GOTRACEBACK=all"),
		"invd", "serve", "--config", "invd.yaml", "--data-dir", "data", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--log-level", "debug")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.process.end(syscall.SIGKILL) }) // it has ended
	groups, err := m.process.await(daemonStarted)
	if err != nil {
		t.Fatalf("%v\n%s", err, m.process.printed())
	}
	m.url = "http://" + groups[1]
	events := m.follow()

	// Every product's fault, and the trail it leaves.
	dead := func() error {
		var st report.Status
		err := m.commands.get(t.Context(), "/api/v1/status", &st)
		if err == nil && st.Jobs.Dead < len(babble) {
			err = fmt.Errorf("%d jobs are dead, want at least %d", st.Jobs.Dead, len(babble))
		}
		return err
	}
	if err := eventually(dead); err != nil {
		t.Fatalf("%v\n%s", err, m.process.printed())
	}
	h.searchAnswers(m)

	// Then the key is refused, and what is to be read anew is spoilt.
	partner.refuses.Store(true)
	_ = m.refresh(14) // refused while a breaker is open; what is seen of it is asked for below
	m.write(map[string][]byte{"partner.key": []byte(key + " \n"), "admin.token": []byte("\x01" + token)})
	m.reloaded(`invd_config_reloads_total{result="failure"} 1`)
	m.write(map[string][]byte{"partner.key": []byte(key), "admin.token": []byte(token), "key.pem": []byte(token)})
	m.reloaded(`invd_config_reloads_total{result="failure"} 2`)
	m.write(map[string][]byte{"key.pem": shows.key, "invd.yaml": append([]byte("api_key: "+key+"\nadmin_token: "+token+"\n"), config...)})
	m.reloaded(`invd_config_reloads_total{result="failure"} 3`)
	m.write(map[string][]byte{"invd.yaml": config})
	m.reloaded(`invd_config_reloads_total{result="success"} 1`)
	if err := eventually(func() error {
		var st report.Status
		if err := m.commands.get(t.Context(), "/api/v1/status", &st); err != nil {
			return err
		}
		_ = m.refresh(14) // again, until it is the probe
		if !strings.Contains(fmt.Sprint(st.Source), "unauthorized") {
			return fmt.Errorf("the source is %v, want the key refused", st.Source)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	h.searchTokens(groups[2], shows, token)
	h.searchAnswers(m)
	h.searchCommands(m)
	if partner.heard.Load() == 0 || partner.strayed.Load() > 0 {
		t.Errorf("the partner was sent the key %d times, and %d times after a redirect; want some and none", partner.heard.Load(), partner.strayed.Load())
	}

	// The stacks of all goroutines, and what the process leaves behind.
	for _, name := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", m.process.cmd.Process.Pid, name))
		if err != nil {
			t.Fatal(err)
		}
		h.search(name, text)
	}
	_ = m.process.end(syscall.SIGQUIT) // it ends with 2
	if !strings.Contains(m.process.printed(), "SIGQUIT") {
		t.Error("SIGQUIT printed no stacks")
	}
	h.search("events", events())
	h.searchFolder(m.dir, "partner.key", "admin.token", "key.pem")

	// What finds nothing anywhere must find it where it is.
	control := &hunt{t: t, canaries: h.canaries}
	control.searchFolder(m.dir)
	if len(control.found) != 2 {
		t.Errorf("the search found %q, want both files of secrets", control.found)
	}
	t.Logf("%d canaries in %d places of %d bytes", len(h.found), h.places, h.bytes)
	if len(h.found) > 0 {
		t.Errorf("secrets in\n%s", strings.Join(h.found, "\n"))
	}
}

// follow reads the stream of events until its result is called for.
func (m *mirror) follow() (heard func() []byte) {
	ctx, cancel := context.WithCancel(m.t.Context())
	m.t.Cleanup(cancel)
	var text bytes.Buffer
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		req, err := http.NewRequestWithContext(ctx, "GET", "http://invd/api/v1/events", nil)
		if err != nil {
			m.t.Error(err)
			return
		}
		resp, err := m.commands.overSocket().Do(req)
		if err != nil {
			m.t.Error(err)
			return
		}
		defer resp.Body.Close()
		_, _ = io.Copy(&text, resp.Body) // until the daemon ends
	}()
	return func() []byte {
		<-ended
		return text.Bytes()
	}
}

// searchAnswers looks into all that can be read over the socket.
func (h *hunt) searchAnswers(m *mirror) {
	h.t.Helper()
	paths := []string{
		"/", "/?product=17", "/metrics", "/-/healthy?verbose", "/openapi.json",
		"/api/v1/status", "/api/v1/plan", "/api/v1/products", "/api/v1/schedules", "/api/v1/schedules/today",
		"/api/v1/jobs", "/api/v1/jobs?state=dead", "/api/v1/jobs/1", "/api/v1/backfills", "/api/v1/database",
		"/debug/pprof/", "/debug/pprof/cmdline", "/debug/pprof/symbol", "/debug/pprof/profile?seconds=1", "/debug/pprof/trace?seconds=1",
	}
	for _, profile := range []string{"heap", "allocs", "goroutine", "block", "mutex", "threadcreate"} {
		for _, debug := range []string{"0", "1", "2"} {
			paths = append(paths, "/debug/pprof/"+profile+"?debug="+debug)
		}
	}
	_, today := noonZone(time.Now())
	for id := range babble {
		paths = append(paths, "/api/v1/products/"+id, "/explain?product="+id+"&date="+today, "/api/v1/explain?product="+id+"&date="+today)
	}
	client := m.commands.overSocket()
	defer client.CloseIdleConnections()
	for _, path := range paths {
		h.ask(client, "http://invd"+path, nil, http.StatusOK)
	}
	for id := range babble {
		h.ask(plainClient, m.url+"/api/v1/experience/"+id+"/dates", nil, http.StatusNotFound)
		h.ask(plainClient, m.url+"/api/v1/experience/"+id+"/slots?date="+today, nil, http.StatusNotFound)
	}
}

// ask makes a request and looks into its answer: a POST, if there is a form.
func (h *hunt) ask(client *http.Client, address string, form url.Values, want int, headers ...string) {
	h.t.Helper()
	method := "GET"
	if form != nil {
		method = "POST"
	}
	req, err := http.NewRequestWithContext(h.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		h.t.Error(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != want {
		h.t.Errorf("%s %s = %s, %v; want %d", method, req.URL.Path, resp.Status, err, want)
	}
	h.search(req.URL.Path, fmt.Appendf(nil, "%v\n%s", resp.Header, body))
}

// searchTokens shows the token where it is asked for, and where it is not.
func (h *hunt) searchTokens(admin string, shows pair, token canary) {
	h.t.Helper()
	client := trusting(shows, 0)
	defer client.CloseIdleConnections()
	at, right := "https://"+admin, string(token)
	_, today := noonZone(time.Now())
	button := url.Values{"key": {"14/" + today}, "token": {right}}
	h.ask(client, at+"/api/v1/products/14/pause", url.Values{}, 200, "Authorization", "Bearer "+right)
	h.ask(client, at+"/retry", button, http.StatusConflict) // it is paused
	h.ask(client, at+"/api/v1/products/14/resume", url.Values{}, 200, "Authorization", "Bearer "+right)
	h.ask(client, at+"/api/v1/pause", url.Values{"token": {right}}, 401)
	h.ask(client, at+"/api/v1/pause?token="+right, url.Values{}, 401, "Authorization", "Basic "+right)
	h.ask(client, at+"/api/v1/pause", url.Values{}, 401, "Authorization", "Bearer "+right+"x")
	h.ask(client, at+"/api/v1/pause", url.Values{}, 403, "Authorization", "Bearer "+right, "Origin", "https://evil.example")
	h.ask(client, at+"/?token="+right, nil, 200)
}

// searchCommands looks into what commands print, and into the copy that one makes.
func (h *hunt) searchCommands(m *mirror) {
	h.t.Helper()
	_, today := noonZone(time.Now())
	for _, line := range []string{
		"config show --config invd.yaml", "check config invd.yaml", "status", "status --output json", "products list --output json", "products show 17",
		"schedules list", "jobs list --output json", "jobs list --state dead", "explain 17 " + today, "plan --config invd.yaml",
		"db stats", "db snapshot snapshot.db", "version",
	} {
		cmd := exec.Command("invd", append(strings.Fields(line), "--data-dir", "data", "--log-level", "debug")...)
		cmd.Dir = m.dir
		out, err := cmd.CombinedOutput()
		if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
			h.t.Fatal(err)
		} else if err != nil {
			h.t.Errorf("invd %s: %v\n%s", line, err, out)
		}
		h.search("invd "+line, out)
	}
}
