package docs_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// fuzzTargets returns the names of every package's fuzz tests, by directory.
func fuzzTargets(t *testing.T) map[string][]string {
	t.Helper()
	function := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)
	targets := map[string][]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(os.DirFS(root), name)
		for _, m := range function.FindAllSubmatch(text, -1) {
			targets[path.Dir(name)] = append(targets[path.Dir(name)], string(m[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return targets
}

// What a fuzzer found, or is to begin from, runs with every `go test`.
func TestEveryFuzzTargetHasACorpusOfItsOwn(t *testing.T) {
	found := 0
	for dir, names := range fuzzTargets(t) {
		for _, name := range names {
			found++
			corpus := filepath.Join(root, filepath.FromSlash(dir), "testdata", "fuzz", name)
			entries, err := os.ReadDir(corpus)
			if err != nil || len(entries) < 2 {
				t.Errorf("%s/testdata/fuzz/%s has %d entries (%v), want two at least", dir, name, len(entries), err)
			}
			for _, entry := range entries {
				text, err := os.ReadFile(filepath.Join(corpus, entry.Name()))
				if err != nil || !bytes.HasPrefix(text, []byte("go test fuzz v1\n")) {
					t.Errorf("%s/testdata/fuzz/%s/%s is no entry of a corpus (%v)", dir, name, entry.Name(), err)
				}
				if regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(entry.Name()) {
					t.Errorf("%s/testdata/fuzz/%s/%s: name it after what is odd about it", dir, name, entry.Name())
				}
			}
		}
		corpora, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "testdata", "fuzz", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, corpus := range corpora {
			if name := filepath.Base(corpus); !slices.Contains(names, name) {
				t.Errorf("%s has a corpus of %s, which is no target of it", dir, name)
			}
		}
	}
	if found < 14 {
		t.Errorf("found %d targets, want at least 14: the search for them is broken", found)
	}
}
