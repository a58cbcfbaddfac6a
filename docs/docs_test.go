// Package docs_test holds the documents to the code.
package docs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// root is the repository, seen from here. Documents are named relative to it.
const root = ".."

// A document is a Markdown file taken apart.
type document struct {
	name   string
	prose  string // with the fenced blocks emptied, line for line
	blocks []block
}

// A block is a fenced block.
type block struct {
	info string // the language behind the fence
	text string
}

func read(t *testing.T, name string) document {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	d := document{name: name}
	var prose, inside strings.Builder
	info, fenced := "", false
	for line := range strings.Lines(string(text)) {
		fence, is := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case is && fenced:
			d.blocks = append(d.blocks, block{info, inside.String()})
			inside.Reset()
			fenced = false
		case is:
			info, fenced = fence, true
		case fenced:
			inside.WriteString(line)
		default:
			prose.WriteString(line)
			continue
		}
		prose.WriteString("\n")
	}
	if fenced {
		t.Errorf("%s: a fenced block does not end", name)
	}
	d.prose = prose.String()
	return d
}

// documents returns README.md and everything in docs.
func documents(t *testing.T) []document {
	t.Helper()
	all := []document{read(t, "README.md")}
	err := fs.WalkDir(os.DirFS(root), "docs", func(name string, _ fs.DirEntry, err error) error {
		if err == nil && path.Ext(name) == ".md" {
			all = append(all, read(t, name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// dependOnSources makes a cached result of this package's tests depend on every
// Go file: go test does not see what the processes read that a test starts.
func dependOnSources(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
		if err == nil && (filepath.Ext(name) == ".go" || filepath.Base(name) == "go.mod") {
			_, err = os.Stat(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A goPackage is what go list says of one.
type goPackage struct {
	ImportPath                                  string
	GoFiles, Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	dependOnSources(t)
	list := exec.Command("go", "list", "-json=ImportPath,GoFiles,Imports,TestImports,XTestImports", "./...")
	list.Dir = root
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p goPackage
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestArchitectureListsEveryImport(t *testing.T) {
	var want []string
	for _, p := range packages(t) {
		if len(p.GoFiles) == 0 {
			continue // tests only, as here
		}
		line := strings.TrimPrefix(p.ImportPath, "invd/") + ":"
		for _, i := range p.Imports {
			if ours, ok := strings.CutPrefix(i, "invd/"); ok {
				line += " " + ours
			}
		}
		want = append(want, line)
	}
	const name = "docs/architecture.md"
	for _, b := range read(t, name).blocks {
		if b.info == "deps" {
			got := strings.Split(strings.TrimSpace(b.text), "\n")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: the deps block (-go list +document):\n%s", name, diff)
			}
			return
		}
	}
	t.Errorf("%s has no deps block", name)
}

func TestArchitectureNamesEveryPackage(t *testing.T) {
	prose := read(t, "docs/architecture.md").prose
	for _, p := range packages(t) {
		if row := "| `" + strings.TrimPrefix(p.ImportPath, "invd/") + "` |"; len(p.GoFiles) > 0 && !strings.Contains(prose, row) {
			t.Errorf("docs/architecture.md has no row %s …", row)
		}
	}
}

// requirement matches a module of go.mod's require lines.
var requirement = regexp.MustCompile(`(?m)^(?:require )?\t?([\w.-]+\.[\w.-]+/\S+) v\S+`)

func TestEveryDependencyHasAReason(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var modules []string
	for _, m := range requirement.FindAllSubmatch(mod, -1) {
		modules = append(modules, string(m[1]))
	}
	want := map[string]bool{}
	for _, p := range packages(t) {
		for _, i := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			for _, m := range modules {
				if i == m || strings.HasPrefix(i, m+"/") {
					want[m] = true
				}
			}
		}
	}
	const name = "docs/decisions/0009-dependencies.md"
	got := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(read(t, name).prose, -1) {
		got[m[1]] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: the modules that the code imports (-imported +document):\n%s", name, diff)
	}
}

func TestChangelogHasAnUnreleasedSection(t *testing.T) {
	if !strings.Contains(read(t, "docs/CHANGELOG.md").prose, "\n## Unreleased\n") {
		t.Error("docs/CHANGELOG.md has no section Unreleased")
	}
}

func TestEveryDecisionIsListed(t *testing.T) {
	const folder = "docs/decisions"
	index := read(t, folder+"/README.md").prose
	files, err := filepath.Glob(filepath.Join(root, folder, "[0-9]*.md"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("%s has no decisions", folder)
	}
	for i, file := range files {
		name := filepath.Base(file)
		number, _, _ := strings.Cut(name, "-")
		if want := fmt.Sprintf("%04d", i+1); number != want {
			t.Errorf("%s: its number is not %s, the next", name, want)
		}
		title, _, _ := strings.Cut(read(t, folder+"/"+name).prose, "\n")
		row := "| [" + number + "](" + name + ") | " + strings.TrimPrefix(title, "# "+number+" ") + " |"
		if !strings.HasPrefix(title, "# "+number+" ") {
			t.Errorf("%s begins with %q, want %q and its title", name, title, "# "+number)
		} else if !strings.Contains(index, row+"\n") {
			t.Errorf("%s/README.md has no row\n%s", folder, row)
		}
	}
}
