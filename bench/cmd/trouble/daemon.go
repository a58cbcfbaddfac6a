//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"invd/engine/partner/sim"
)

const (
	products = 50
	days     = 20
	limit    = 50 // requests a second: a hundred times what the real partner allows
)

// A daemon is `invd serve` in a process of its own, and its partner in this one.
type daemon struct {
	name      string
	dir       string
	partner   *sim.Partner
	server    *httptest.Server
	process   *exec.Cmd
	admin     *http.Client // over the socket
	address   string
	requests  [][]byte      // of every date that is open
	copyEvery time.Duration // how often a snapshot is taken; 0: never
	snapshots int           // that were

	stop chan struct{} // closed to end trouble
	busy sync.WaitGroup
	err  [2]error // of what makes trouble
}

const config = `partner: {base_url: %s/api/v1, api_key_file: key, timeout: 1s, limits: [{requests: %d, per: 1s}]}
schedules: [{name: all, days: %d, every: 6h, objective: 8h}]
retry: {max_attempts: 2, base: 10ms, cap: 100ms}
products:
`

// start starts a daemon under a command, or none, and waits until it has everything.
func start(parent, name string, under ...string) (_ *daemon, err error) {
	d := &daemon{name: name, dir: filepath.Join(parent, name)}
	ids := sim.Catalogue(products)
	d.partner = sim.New(sim.Options{Products: ids, Limit: -1, Latency: 20 * time.Millisecond, Jitter: 10 * time.Millisecond})
	d.server = httptest.NewUnstartedServer(d.partner)
	d.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	d.server.Start()
	var text strings.Builder
	fmt.Fprintf(&text, config, d.server.URL, limit, days)
	for _, id := range ids {
		fmt.Fprintf(&text, "  - {id: %d}\n", id)
	}
	file, binary := filepath.Join(d.dir, "invd.yaml"), filepath.Join(parent, "invd")
	if err := errors.Join(os.MkdirAll(d.dir, 0o700), os.WriteFile(file, []byte(text.String()), 0o600), os.WriteFile(filepath.Join(d.dir, "key"), []byte("key\n"), 0o600)); err != nil {
		return nil, err
	}
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/invd").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	if d.address, err = freeAddress(); err != nil {
		return nil, err
	}
	command := append(under, binary, "serve", "--config", file, "--data-dir", filepath.Join(d.dir, "data"), "--listen", d.address, "--admin-listen", "127.0.0.1:0")
	d.process = exec.Command(command[0], command[1:]...)
	if err := d.process.Start(); err != nil {
		return nil, err
	}
	d.admin = &http.Client{Timeout: time.Minute, Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(d.dir, "data", "admin.sock"))
	}}}
	d.requests = d.reads(ids)
	err = errors.New("not filled within two minutes")
	for deadline := time.Now().Add(2 * time.Minute); err != nil && time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		err = d.filled()
	}
	if err != nil {
		d.end()
		return nil, err
	}
	return d, nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// reads returns a read of each date that has slots, in the partner's zone, from tomorrow on.
func (d *daemon) reads(ids []int64) (all [][]byte) {
	for ahead := 1; ahead < days-1; ahead++ {
		date := time.Now().UTC().AddDate(0, 0, ahead).Format(time.DateOnly)
		for _, id := range ids {
			if len(d.partner.Truth(id, date, time.Now())) > 1 { // one may vanish
				all = append(all, fmt.Appendf(nil, "GET /api/v1/experience/%d/slots?date=%s HTTP/1.1\r\nHost: localhost\r\n\r\n", id, date))
			}
		}
	}
	return all
}

// filled is an error until every key was fetched.
func (d *daemon) filled() error {
	if n := d.partner.Stats().Requests; n < products*days {
		return fmt.Errorf("%d requests of %d", n, products*days)
	}
	resp, err := d.admin.Get("http://invd/api/v1/jobs?state=pending&limit=1")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && !strings.Contains(string(body), `"jobs":[]`) {
		err = errors.New("jobs are pending")
	}
	return err
}

// end ends the daemon and its partner.
func (d *daemon) end() {
	_ = d.process.Process.Signal(os.Interrupt)
	_ = d.process.Wait() // how it ends is not what is measured
	d.server.Close()
}
