package docs_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// link matches the target of a Markdown link or picture.
var link = regexp.MustCompile(`\]\(([^()\s]+)\)`)

// A target is where a relative link leads: a file, and a heading in it.
type target struct{ file, anchor string }

// links returns the relative links of a document.
func (d document) links() []target {
	var all []target
	for _, m := range link.FindAllStringSubmatch(d.prose, -1) {
		if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
			continue
		}
		file, anchor, _ := strings.Cut(m[1], "#")
		if file == "" {
			file = d.name
		} else {
			file = path.Join(path.Dir(d.name), file)
		}
		all = append(all, target{file, anchor})
	}
	return all
}

var (
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns what the headings of a document can be linked by.
func (d document) anchors() map[string]bool {
	all := map[string]bool{"": true}
	for _, m := range heading.FindAllStringSubmatch(d.prose, -1) {
		all[strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	return all
}

func TestEveryRelativeLinkLeadsSomewhere(t *testing.T) {
	documents := documents(t)
	anchors := map[string]map[string]bool{}
	for _, d := range documents {
		anchors[d.name] = d.anchors()
	}
	for _, d := range documents {
		for _, to := range d.links() {
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(to.file))); err != nil {
				t.Errorf("%s links to %s, which is not there", d.name, to.file)
			} else if known := anchors[to.file]; known != nil && !known[to.anchor] {
				t.Errorf("%s links to %s#%s, and there is no such heading", d.name, to.file, to.anchor)
			}
		}
	}
}

func TestEveryDocumentIsReachedFromTheReadme(t *testing.T) {
	byName := map[string]document{}
	for _, d := range documents(t) {
		byName[d.name] = d
	}
	reached := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		d, known := byName[name]
		if !known || reached[name] {
			return
		}
		reached[name] = true
		for _, to := range d.links() {
			visit(to.file)
		}
	}
	visit("README.md")
	for name := range byName {
		if !reached[name] {
			t.Errorf("no link leads from README.md to %s", name)
		}
	}
}
