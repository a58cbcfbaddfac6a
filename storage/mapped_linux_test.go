package storage

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A mapping that outlives the store would keep its file system from being unmounted.
func TestNothingIsMappedOfAStoreThatIsNotOpen(t *testing.T) {
	dir := t.TempDir()
	mapped := func() int {
		maps, err := os.ReadFile("/proc/self/maps")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(maps), dir)
	}
	s := mustOpen(t, dir)
	if mapped() == 0 {
		t.Fatal("nothing is mapped of an open store: this test tests nothing")
	}
	mustClose(t, s)
	if n := mapped(); n > 0 {
		t.Errorf("%d mappings are left by Close", n)
	}
	marker := filepath.Join(dir, markerName)
	if err := os.Remove(marker); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(marker, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{NoSync: true}); err == nil {
		t.Error("Open gives no error for a marker that cannot be written")
	}
	if n := mapped(); n > 0 {
		t.Errorf("%d mappings are left by an Open that failed", n)
	}
}
