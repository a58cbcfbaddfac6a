package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"invd/cmd/invd/app"
	"invd/cmd/invd/config"
	"invd/engine/inventory"
	"invd/engine/planner"
	"invd/storage"
)

// seasoned returns a data dir of a daemon that knows the readers of product 14.
func seasoned(t *testing.T) (dataDir string) {
	t.Helper()
	now := time.Now().Add(-24 * time.Hour)
	p := planner.New(planner.Options{Products: []planner.Product{{ID: 14, Zone: time.UTC}}, Bounds: []time.Duration{time.Hour}, PerDay: 1000}, now)
	today := inventory.DateOf(now)
	p.Enter(0, 0, today, 0, time.Time{}, inventory.Unknown, now)
	for range 20 {
		now = now.Add(time.Hour)
		p.Read(0, today, 100, now)
		p.Turn(now, 1000)
	}
	dataDir = t.TempDir()
	store, err := storage.Open(dataDir, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.PutLearned([]storage.Learned{{Data: p.Shared()}}), store.Close()); err != nil {
		t.Fatal(err)
	}
	return dataDir
}

func TestAPlanRestsOnWhatARunningDaemonHasLearned(t *testing.T) {
	dir, dataDir := t.TempDir(), seasoned(t)
	file := filepath.Join(dir, "invd.yaml")
	// Nobody answers at this address.
	text := "partner: {base_url: 'http://127.0.0.1:9/api/v1', api_key_file: key}\nrefresh: {policy: adaptive}\nproducts: [{id: 14}]\n"
	if err := errors.Join(os.WriteFile(file, []byte(text), 0o600), os.WriteFile(filepath.Join(dir, "key"), []byte("key"), 0o600)); err != nil {
		t.Fatal(err)
	}
	conf, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	started, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- app.Run(ctx, app.Options{
			Config: conf, DataDir: dataDir, Listen: "127.0.0.1:0", AdminListen: "127.0.0.1:0",
			Log: slog.New(slog.DiscardHandler), Started: func(net.Addr, net.Addr) { close(started) },
		})
	}()
	select {
	case <-started:
	case err := <-ended:
		t.Fatal(err)
	}
	const learned, assumed = "(rates learned by the running daemon)", "(assumed rates)"
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--data-dir", dataDir}, learned},
		{[]string{"--data-dir", dataDir, "--assumed"}, assumed},
		{[]string{"--data-dir", dataDir, "--config", file, "--limit", "2/1m"}, learned},
		{[]string{"--data-dir", dataDir, "--products", "450"}, learned},
		{[]string{"--data-dir", dataDir, "--products", "450", "--assumed"}, assumed},
		{[]string{"--data-dir", t.TempDir(), "--products", "450"}, assumed},
	} {
		if got, errs, code := planned(t, tt.args...); code != 0 || !strings.Contains(got, tt.want) {
			t.Errorf("plan %v: exit %d, want 0 and %q:\n%s%s", tt.args, code, tt.want, got, errs)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
