package app

import (
	"context"
	"time"

	"invd/engine/inventory"
)

// readers tells the engine in force what readers ask for. One who meets a reload
// may ask the engine that is stopping, which forgets it and lets nobody wait.
type readers struct{ d *daemon }

func (r readers) Count(k inventory.Key) { r.d.core.Load().engine.Desk().Count(k) }

func (r readers) CountDates(p inventory.ProductID) { r.d.core.Load().engine.Desk().CountDates(p) }

func (r readers) Read(ctx context.Context, k inventory.Key, now time.Time) bool {
	return r.d.core.Load().engine.Desk().Read(ctx, k, now)
}

func (r readers) Await(ctx context.Context, k inventory.Key, wait time.Duration) bool {
	return r.d.core.Load().engine.Desk().Await(ctx, k, wait)
}
