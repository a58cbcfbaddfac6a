package app

import (
	"context"
	"log/slog"
	"sync"

	"invd/cmd/invd/supervisor"
	"invd/engine/report"
)

// supervise tells the supervisor that the daemon serves, and feeds its watchdog
// until stop is called, for as long as the scheduler's loop turns: it is what
// everything else waits for, and the one part that could stop unnoticed.
func (d *daemon) supervise(ctx context.Context) (stop func()) {
	if !d.Supervised {
		return func() {}
	}
	d.tellReady()
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() {
		alive := func(ctx context.Context) error { return d.core.Load().engine.Alive(ctx) }
		if err := supervisor.Watch(ctx, alive); err != nil {
			d.Log.LogAttrs(ctx, slog.LevelError, "watchdog not fed", slog.Any("err", err))
		}
	})
	return func() {
		cancel()
		watching.Wait()
	}
}

func (d *daemon) tellReady() {
	products := len(d.core.Load().config.Products)
	d.tell(func() error { return supervisor.Ready("serving " + report.Counted(products, "product")) })
}

// tell has the supervisor told, if there can be one.
func (d *daemon) tell(message func() error) {
	if !d.Supervised {
		return
	}
	if err := message(); err != nil {
		d.Log.LogAttrs(context.Background(), slog.LevelWarn, "supervisor not told", slog.Any("err", err))
	}
}
