package bench

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"invd/bench/catalogue"
	"invd/engine/inventory"
	"invd/storage"
)

// sizes are the numbers of keys to measure at: those of 225, 450 and 10,000
// products. The last takes half a minute and 800 MB of disk to make, so it is there only for
// who names it: go test -bench 'keys=600000' ./bench.
func sizes() []int {
	keys := []int{13_500, 27_000}
	if asked := flag.Lookup("test.bench"); asked != nil && strings.Contains(asked.Value.String(), "600000") {
		keys = append(keys, 600_000)
	}
	return keys
}

// templates are data dirs that were filled once, for every benchmark of the process
// to begin with a copy.
var templates struct {
	sync.Mutex
	root   string
	filled map[int]catalogue.Catalogue
}

func TestMain(m *testing.M) {
	root, err := os.MkdirTemp("", "invd-bench")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	templates.root, templates.filled = root, map[int]catalogue.Catalogue{}
	code := m.Run()
	_ = os.RemoveAll(root) // of a temporary folder
	os.Exit(code)
}

// template returns a data dir with so many keys, whose first date is today.
func template(tb testing.TB, keys int) (string, catalogue.Catalogue) {
	tb.Helper()
	templates.Lock()
	defer templates.Unlock()
	dir := filepath.Join(templates.root, fmt.Sprint(keys))
	if c, ok := templates.filled[keys]; ok {
		return dir, c
	}
	c := catalogue.Catalogue{Keys: keys, First: inventory.DateOf(time.Now().UTC())}
	s, err := storage.Open(dir, storage.Options{NoSync: true})
	if err == nil {
		err = c.Fill(s)
		if e := s.Close(); err == nil {
			err = e
		}
	}
	if err != nil {
		tb.Fatal(err)
	}
	templates.filled[keys] = c
	return dir, c
}

// copyOf returns a data dir of the benchmark's own with so many keys.
func copyOf(tb testing.TB, keys int) (string, catalogue.Catalogue) {
	tb.Helper()
	from, c := template(tb, keys)
	dir := tb.TempDir()
	for _, name := range []string{storage.FileName, "inventory.id"} {
		if err := catalogue.CopyFile(filepath.Join(dir, name), filepath.Join(from, name)); err != nil {
			tb.Fatal(err)
		}
	}
	return dir, c
}

// openCatalogue opens a store of the benchmark's own with so many keys, as the daemon
// does, flushes and all.
func openCatalogue(tb testing.TB, keys int) (*storage.Store, catalogue.Catalogue) {
	tb.Helper()
	dir, c := copyOf(tb, keys)
	s, err := storage.Open(dir, storage.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s, c
}
