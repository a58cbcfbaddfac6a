// Package app is the daemon as a function: it opens the store, starts the engine
// and the listeners, waits, and stops them in reverse. The commands, the tests and
// the benchmarks start it the same way.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"invd/cmd/invd/config"
	"invd/engine"
	"invd/engine/backoff"
	"invd/engine/limit"
	"invd/engine/partner"
	"invd/engine/plan"
	"invd/engine/report"
	"invd/engine/worker"
	"invd/httpapi"
	"invd/metrics"
	"invd/storage"
)

// How long the parts may take to stop. systemd waits for 90 s by default.
const (
	fetchDrain = 5 * time.Second // a fetch in flight
	httpDrain  = 5 * time.Second // a request in flight
)

// Options are what a daemon needs.
type Options struct {
	Config  *config.Config
	DataDir string
	Version string
	Log     *slog.Logger

	Listen, AdminListen string // addresses to bind, unless Listeners are given

	// For tests and simulations, which have neither ports nor a real disk's time.
	Listeners *Listeners
	Transport http.RoundTripper // to the partner
	NoSync    bool              // the file is not flushed to disk

	Started func(public, admin net.Addr) // called once both listeners are bound
}

// Listeners are what a daemon answers on. Socket may be nil.
type Listeners struct {
	Public, Admin, Socket net.Listener
}

// daemon is a running Run.
type daemon struct {
	Options
	store    *storage.Store
	engine   *engine.Engine
	metrics  *metrics.Metrics
	started  time.Time
	draining atomic.Bool
}

// Run runs the daemon until ctx is done, then drains it. It returns nil after a
// drain, storage.ErrLocked or storage.ErrFormat when the data dir is refused, and
// what went wrong otherwise.
func Run(ctx context.Context, o Options) (err error) {
	d := &daemon{Options: o, started: time.Now()}
	key, err := o.Config.ReadAPIKey()
	if err != nil {
		return err
	}
	token, err := o.Config.ReadAdminToken()
	if err != nil {
		return err
	}
	catalogue := Catalogue(o.Config)
	d.metrics = newMetrics(catalogue, o.Version)
	d.store, err = storage.Open(o.DataDir, storage.Options{
		Keep: o.Config.Jobs.Keep, KeepMax: o.Config.Jobs.KeepMax, NoSync: o.NoSync, Observer: d.metrics.Storage, Log: o.Log,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.store.Close()) }()
	client := partner.New(partner.Options{
		BaseURL: o.Config.Partner.BaseURL, Key: partner.NewSecret(key), Timeout: o.Config.Partner.Timeout, MaxBody: o.Config.Partner.MaxBody,
		Transport: o.Transport, Permit: worker.Permit, Observe: d.attempted, UserAgent: "invd/" + o.Version,
	})
	defer client.CloseIdle()
	d.engine, err = engine.New(engine.Options{
		Catalogue: catalogue, Store: d.store, Fetcher: client, Limits: limits(o.Config), Concurrency: o.Config.Partner.Concurrency,
		MaxAttempts: o.Config.Retry.MaxAttempts, Retry: backoff.Policy{Base: o.Config.Retry.Base, Cap: o.Config.Retry.Cap},
		Drain: fetchDrain, Observer: d.metrics.Engine, Log: o.Log,
	})
	if err != nil {
		return err
	}
	d.metrics.SetStatus(d.status)
	public, err := httpapi.NewPublic(httpapi.PublicOptions{
		Reader: d.store, Catalogue: func() *plan.Catalogue { return catalogue }, CacheBytes: o.Config.Cache.MaxBytes,
		Ready: d.ready, Healthy: d.healthy, Observer: d.metrics.HTTP, Log: o.Log,
	})
	if err != nil {
		return err
	}
	defer public.Close()
	admin := httpapi.NewAdmin(httpapi.AdminOptions{
		Controller: controller{d.engine, d}, Metrics: d.metrics.Handler(), Token: token,
		Ready: d.ready, Healthy: d.healthy, Version: o.Version, Observer: d.metrics.HTTP, Log: o.Log,
	})
	return d.serve(ctx, public, admin)
}

// serve binds the listeners and runs everything until ctx is done or a part fails.
func (d *daemon) serve(ctx context.Context, public, admin http.Handler) error {
	l, err := d.listen()
	if err != nil {
		return err
	}
	servers := []*http.Server{httpapi.NewServer(public, d.Log), httpapi.NewServer(admin, d.Log)}
	listeners := []net.Listener{l.Public, l.Admin}
	if l.Socket != nil {
		servers = append(servers, httpapi.NewServer(httpapi.Trusted(admin), d.Log))
		listeners = append(listeners, l.Socket)
	}
	if d.Started != nil {
		d.Started(l.Public.Addr(), l.Admin.Addr())
	}
	d.Log.LogAttrs(ctx, slog.LevelInfo, "started", slog.String("version", d.Version), slog.String("listen", l.Public.Addr().String()),
		slog.String("admin_listen", l.Admin.Addr().String()), slog.String("data_dir", d.DataDir), slog.Int("products", len(d.Config.Products)))

	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, len(servers)+1)
	go func() { ended <- d.engine.Run(running) }()
	var snapshots sync.WaitGroup
	defer snapshots.Wait()
	if d.Config.Snapshots != nil {
		snapshots.Go(func() { d.takeSnapshots(running) })
	}
	for i, server := range servers {
		go func() {
			if err := server.Serve(listeners[i]); !errors.Is(err, http.ErrServerClosed) {
				ended <- fmt.Errorf("serve %s: %w", listeners[i].Addr(), err)
				return
			}
			ended <- nil
		}()
	}
	var failed error
	left := len(servers) + 1
	select {
	case <-ctx.Done():
	case <-d.store.Broken():
		failed = fmt.Errorf("storage failed, stopping: %w", d.store.Err())
	case failed = <-ended:
		left--
	}
	d.draining.Store(true)
	d.Log.LogAttrs(ctx, slog.LevelInfo, "stopping", slog.Any("err", failed))
	stop()
	d.shutdown(servers)
	for range left {
		failed = errors.Join(failed, <-ended)
	}
	d.Log.LogAttrs(ctx, slog.LevelInfo, "stopped")
	return failed
}

// shutdown lets requests in flight finish, and cuts those off that do not.
func (d *daemon) shutdown(servers []*http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), httpDrain)
	defer cancel()
	for _, s := range servers {
		if err := s.Shutdown(ctx); err != nil {
			_ = s.Close() // its listener is closed already, its connections now too
		}
	}
}

// listen binds both addresses and the admin socket.
func (d *daemon) listen() (*Listeners, error) {
	if d.Listeners != nil {
		return d.Listeners, nil
	}
	var l Listeners
	var err error
	if l.Public, err = net.Listen("tcp", d.Listen); err != nil {
		return nil, fmt.Errorf("listen on %s: %w", d.Listen, err)
	}
	if l.Admin, err = net.Listen("tcp", d.AdminListen); err != nil {
		_ = l.Public.Close()
		return nil, fmt.Errorf("listen on %s: %w", d.AdminListen, err)
	}
	if l.Socket, err = listenSocket(Socket(d.DataDir)); err != nil {
		_ = l.Public.Close()
		_ = l.Admin.Close()
		return nil, err
	}
	return &l, nil
}

// Socket returns the path of a data dir's admin socket.
func Socket(dataDir string) string { return filepath.Join(dataDir, "admin.sock") }

// listenSocket binds the admin socket. One that a killed process left behind is
// removed: whoever holds the store's lock owns the data dir.
func listenSocket(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("admin socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("admin socket (its path may have at most 107 bytes): %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("admin socket: %w", err)
	}
	return l, nil
}

func limits(c *config.Config) []limit.Limit {
	l := make([]limit.Limit, len(c.Partner.Limits))
	for i, x := range c.Partner.Limits {
		l[i] = limit.Limit{Requests: x.Requests, Per: x.Per}
	}
	return l
}

// controller adds to the engine what only the daemon knows.
type controller struct {
	*engine.Engine
	d *daemon
}

func (c controller) Status(ctx context.Context) (report.Status, error) {
	st, err := c.Engine.Status(ctx)
	ready, _ := c.d.ready()
	st.Version, st.Started, st.Ready = c.d.Version, c.d.started, ready
	return st, err
}
