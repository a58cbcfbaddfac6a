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
	"syscall"
	"time"

	"invd/cmd/invd/config"
	"invd/cmd/invd/supervisor"
	"invd/engine/limit"
	"invd/engine/plan"
	"invd/engine/report"
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
	Audit   *slog.Logger // what operators change; nil: Log

	Listen, AdminListen string // addresses to bind, unless Listeners are given

	// Supervised says that the process is this daemon's alone: its supervisor, if
	// it has one, is told how the daemon does and may have bound its addresses.
	Supervised bool

	// For tests and simulations, which have neither ports nor a real disk's time.
	Listeners *Listeners
	Transport http.RoundTripper // to the partner
	NoSync    bool              // the file is not flushed to disk

	Started func(public, admin net.Addr) // called once both listeners are bound

	Load    func() (*config.Config, error) // reads the configuration anew; nil: there is no reload
	Hangups <-chan os.Signal               // each asks for a reload
}

// Listeners are what a daemon answers on. Socket may be nil.
type Listeners struct {
	Public, Admin, Socket net.Listener
}

// daemon is a running Run.
type daemon struct {
	Options
	store    *storage.Store
	metrics  *metrics.Metrics
	public   *httpapi.Public
	events   *httpapi.Events
	started  time.Time
	booted   atomic.Bool // once every key was scheduled
	swept    atomic.Bool // once every product's today was answered
	draining atomic.Bool

	publicTLS, adminTLS tlsSwitch

	snapshotting sync.Mutex // held while a snapshot is taken for somebody who asked

	// core is what a reload replaces. serve's goroutine writes it.
	core    atomic.Pointer[core]
	reloads chan chan error
}

// Run runs the daemon until ctx is done, then drains it. It returns nil after a
// drain, storage.ErrLocked or storage.ErrFormat when the data dir is refused, and
// what went wrong otherwise.
func Run(ctx context.Context, o Options) (err error) {
	d := &daemon{Options: o, started: time.Now(), reloads: make(chan chan error)}
	secrets, err := readSecrets(o.Config)
	if err != nil {
		return err
	}
	catalogue := Catalogue(o.Config)
	d.metrics = newMetrics(o.Config, catalogue, o.Version)
	d.useCertificates(&secrets)
	d.events = httpapi.NewEvents(
		func() report.Budget { return d.core.Load().engine.Budget() },
		func() report.Source { return d.core.Load().engine.Source() })
	d.store, err = storage.Open(o.DataDir, storage.Options{
		Keep: o.Config.Jobs.Keep, KeepMax: o.Config.Jobs.KeepMax, NoSync: o.NoSync, Observer: d.metrics.Storage, Log: o.Log,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.store.Close()) }()
	c, err := d.newCore(o.Config, secrets)
	if err != nil {
		return err
	}
	d.core.Store(c)
	d.metrics.SetStatus(d.status)
	d.public, err = httpapi.NewPublic(httpapi.PublicOptions{
		Reader: d.store, Catalogue: func() *plan.Catalogue { return d.core.Load().catalogue }, CacheBytes: o.Config.Cache.MaxBytes,
		Demand: readers{d},
		Ready:  d.ready, Healthy: d.healthy, Observer: d.metrics.HTTP, Log: o.Log,
	})
	if err != nil {
		return err
	}
	defer d.public.Close()
	return d.serve(ctx)
}

// serve binds the listeners and runs everything until ctx is done or a part fails.
func (d *daemon) serve(ctx context.Context) error {
	l, err := d.listen()
	if err != nil {
		return err
	}
	admin := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.core.Load().admin.ServeHTTP(w, r) })
	servers := []*http.Server{httpapi.NewServer(d.public, d.Log), httpapi.NewServer(admin, d.Log)}
	listeners := []net.Listener{d.publicTLS.over(l.Public), d.adminTLS.over(l.Admin)}
	if l.Socket != nil {
		servers = append(servers, httpapi.NewServer(httpapi.Trusted(admin), d.Log))
		listeners = append(listeners, l.Socket)
	}
	if d.Started != nil {
		d.Started(l.Public.Addr(), l.Admin.Addr())
	}
	d.Log.LogAttrs(ctx, slog.LevelInfo, "started", slog.String("version", d.Version), slog.String("listen", l.Public.Addr().String()),
		slog.String("admin_listen", l.Admin.Addr().String()), slog.String("data_dir", d.DataDir), slog.Int("products", len(d.Config.Products)))

	ended := make(chan error, len(servers))
	for i, server := range servers {
		go func() {
			if err := server.Serve(listeners[i]); !errors.Is(err, http.ErrServerClosed) {
				ended <- fmt.Errorf("serve %s: %w", listeners[i].Addr(), err)
				return
			}
			ended <- nil
		}()
	}
	d.core.Load().start(ctx)
	unwatch := d.supervise(ctx)
	defer unwatch()
	left := len(servers)
	failed := d.wait(ctx, ended, &left)
	d.draining.Store(true)
	d.tell(supervisor.Stopping)
	if failed != nil {
		d.Log.LogAttrs(ctx, slog.LevelError, "stopping", slog.Any("err", failed))
	} else {
		d.Log.LogAttrs(ctx, slog.LevelInfo, "stopping")
	}
	failed = errors.Join(failed, d.core.Load().stop())
	d.shutdown(servers)
	for range left {
		failed = errors.Join(failed, <-ended)
	}
	d.Log.LogAttrs(ctx, slog.LevelInfo, "stopped")
	return failed
}

// wait reloads when asked to, until ctx is done, a server has ended or the store
// or the engine has failed.
func (d *daemon) wait(ctx context.Context, ended <-chan error, left *int) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.store.Broken():
			return fmt.Errorf("storage failed, stopping: %w", d.store.Err())
		case <-d.core.Load().done:
			return nil // stop tells why
		case err := <-ended:
			*left--
			return err
		case <-d.Hangups:
			_ = d.reload(ctx) // logged
		case answer := <-d.reloads:
			answer <- d.reload(ctx)
		}
	}
}

// shutdown lets requests in flight finish, and cuts those off that do not.
func (d *daemon) shutdown(servers []*http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), httpDrain)
	defer cancel()
	d.events.Close()
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
	if d.Supervised {
		if l.Public, l.Admin, err = supervisor.Listeners(); err != nil {
			return nil, err
		}
	}
	if err := bind(&l.Public, d.Listen); err != nil {
		return nil, errors.Join(err, l.close())
	}
	if err := bind(&l.Admin, d.AdminListen); err != nil {
		return nil, errors.Join(err, l.close())
	}
	if l.Socket, err = listenSocket(Socket(d.DataDir)); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return &l, nil
}

// bind listens on an address, unless there is a listener already.
func bind(l *net.Listener, address string) (err error) {
	if *l != nil {
		return nil
	}
	if *l, err = net.Listen("tcp", address); err != nil {
		*l = nil
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	return nil
}

func (l *Listeners) close() (err error) {
	for _, l := range []net.Listener{l.Public, l.Admin, l.Socket} {
		if l != nil {
			err = errors.Join(err, l.Close())
		}
	}
	return err
}

// Socket returns the path of a data dir's admin socket.
func Socket(dataDir string) string { return filepath.Join(dataDir, "admin.sock") }

// CheckSocket refuses a data dir whose admin socket's path is longer than an address of
// the kernel, which ends with a zero.
func CheckSocket(dataDir string) error {
	path, most := Socket(dataDir), len(syscall.RawSockaddrUnix{}.Path)-1
	if len(path) > most {
		return fmt.Errorf("the path of the admin socket, %s, has %d bytes, want at most %d", path, len(path), most)
	}
	return nil
}

// listenSocket binds the admin socket. One that a killed process left behind is
// removed: whoever holds the store's lock owns the data dir.
func listenSocket(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("admin socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("admin socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("admin socket: %w", err)
	}
	return l, nil
}

// Limits returns what a configuration says that the partner allows.
func Limits(c *config.Config) []limit.Limit {
	l := make([]limit.Limit, len(c.Partner.Limits))
	for i, x := range c.Partner.Limits {
		l[i] = limit.Limit{Requests: x.Requests, Per: x.Per}
	}
	return l
}
