package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invd/storage"
)

func TestSnapshotsAreTakenCheckedAndKeptByCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "snapshots")
		w := newWorld(t, setup{products: 3, start: monday, yaml: "snapshots: {dir: " + dir + ", every: 1h, keep: 2}\n"})
		w.startDaemon()
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		mine := filepath.Join(dir, "inventory-mine.db") // named almost like one
		if err := os.WriteFile(mine, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5*time.Hour + time.Minute)
		w.stop()
		var names []string
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		want := "inventory-20261122T200000Z.db inventory-20261122T200000Z.db.sha256 inventory-20261122T210000Z.db inventory-20261122T210000Z.db.sha256 inventory-mine.db"
		if got := strings.Join(names, " "); got != want {
			t.Fatalf("snapshots: %s\nwant %s", got, want)
		}
		w.dir = t.TempDir() // a snapshot is a data dir's database
		b, err := os.ReadFile(filepath.Join(dir, names[2]))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(w.dir, storage.FileName), b, 0o600); err != nil {
			t.Fatal(err)
		}
		w.startDaemon()
		if st := w.status(); st.Store.Days != 3*60 {
			t.Errorf("%d dates after starting on a snapshot, want %d", st.Store.Days, 3*60)
		}
	})
}
