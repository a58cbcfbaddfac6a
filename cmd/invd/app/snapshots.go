package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"invd/cmd/invd/config"
	"invd/engine/report"
)

// Snapshots are named after the moment they were taken at, so that their names
// sort by age.
const (
	snapshotPrefix = "inventory-"
	snapshotSuffix = ".db"
	snapshotTime   = "20060102T150405Z"
)

// takeSnapshots takes a snapshot at regular times until ctx is done. A failed one
// is logged and counted; the next is tried at its time.
func (d *daemon) takeSnapshots(ctx context.Context, o *config.Snapshots) {
	ticker := time.NewTicker(o.Every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			name, err := d.snapshot(o, now)
			d.metrics.Storage.Snapshot(now, err == nil)
			if err != nil {
				d.Log.LogAttrs(ctx, slog.LevelError, "snapshot failed", slog.Any("err", err))
				continue
			}
			d.Log.LogAttrs(ctx, slog.LevelInfo, "snapshot taken", slog.String("file", name), slog.Duration("took", time.Since(now)))
		}
	}
}

// Contents reads the database whole.
func (d *daemon) Contents() (report.Database, error) { return d.store.Contents() }

// Snapshot takes a snapshot for somebody who asked, into a file that has no name
// any more and is gone once it is closed.
func (d *daemon) Snapshot(context.Context) (_ *os.File, err error) {
	if !d.snapshotting.TryLock() {
		return nil, &report.RefusedError{Reason: "a snapshot is being taken already"}
	}
	defer d.snapshotting.Unlock()
	began, path := time.Now(), filepath.Join(d.DataDir, "snapshot.db")
	defer func() {
		d.metrics.Storage.Snapshot(began, err == nil)
		for _, name := range []string{path, path + ".sha256"} {
			if e := os.Remove(name); !errors.Is(e, os.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}()
	if err := d.store.Snapshot(path); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// snapshot takes one, and deletes those beyond the number to keep.
func (d *daemon) snapshot(o *config.Snapshots, now time.Time) (string, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return "", err
	}
	name := filepath.Join(o.Dir, snapshotPrefix+now.UTC().Format(snapshotTime)+snapshotSuffix)
	if err := d.store.Snapshot(name); err != nil {
		return "", err
	}
	return name, prune(o.Dir, o.Keep)
}

// prune deletes all but the newest keep snapshots of dir, their sums with them.
// Files that are not named like a snapshot are left alone.
func prune(dir string, keep int) error {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		stamp, ok := strings.CutSuffix(e.Name(), snapshotSuffix)
		stamp, named := strings.CutPrefix(stamp, snapshotPrefix)
		if _, err := time.Parse(snapshotTime, stamp); ok && named && err == nil {
			names = append(names, e.Name())
		}
	}
	for _, name := range names[:max(0, len(names)-keep)] {
		path := filepath.Join(dir, name)
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("delete old snapshot: %w", err)
		}
		if err := os.Remove(path + ".sha256"); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("delete old snapshot: %w", err)
		}
	}
	return nil
}
