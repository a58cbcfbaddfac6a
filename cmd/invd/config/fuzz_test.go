package config

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mustPlace fails unless every error is a complaint about a line that is there.
func mustPlace(t *testing.T, err error, texts map[string][]byte) {
	t.Helper()
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	for _, err := range all {
		var complaint *Error
		if !errors.As(err, &complaint) {
			t.Fatalf("%v is a %T, want *Error", err, err)
		}
		text, ok := texts[complaint.File]
		// YAML also breaks lines at CR, NEL and the two separators.
		lines := 1
		for _, end := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
			lines += bytes.Count(text, []byte(end))
		}
		if !ok || complaint.Line < 0 || complaint.Line > lines {
			t.Fatalf("%q: the file has %d lines", complaint, lines)
		}
		if bytes.ContainsAny([]byte(complaint.Msg), "\n\r") {
			t.Fatalf("%q: more than one line", complaint.Msg)
		}
	}
}

// A file is refused with complaints about its lines, or what Show makes of
// it loads as the same.
func FuzzLoadYAML(f *testing.F) {
	for _, pattern := range []string{"/good/*.yaml", "/bad/*.yaml"} {
		files, err := filepath.Glob(testdata + pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Add(Example())
	const products = "id,name\n3,Zoo\n"
	f.Fuzz(func(t *testing.T, text []byte) {
		r := source(t, products)
		opened, open := "", r.open
		r.open = func(path string) (io.ReadCloser, error) {
			opened = r.display(path)
			return open(path)
		}
		c, err := r.parse(text)
		if err != nil {
			mustPlace(t, err, map[string][]byte{"invd.yaml": text, opened: []byte(products)})
			return
		}
		shown, err := c.Show()
		if err != nil {
			t.Fatal(err)
		}
		again, err := source(t, "").parse(shown)
		if err != nil {
			t.Fatalf("shown:\n%s\n%v", shown, err)
		}
		c.ProductsFile = ""
		if diff := cmp.Diff(c, again, byName); diff != "" {
			t.Fatalf("loaded -, shown and loaded again +:\n%s\nshown:\n%s", diff, shown)
		}
	})
}

// A table is refused with complaints about its lines, or holds products that
// keep every promise of Product but the zone, which the configuration fills in.
func FuzzProductsCSV(f *testing.F) {
	for _, pattern := range []string{"/good/*.csv", "/bad/*.csv"} {
		files, err := filepath.Glob(testdata + pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := source(t, "")
		products := r.products(bytes.NewReader(text), "products.csv")
		if err := r.err("invd.yaml"); err != nil {
			mustPlace(t, err, map[string][]byte{"products.csv": text, "invd.yaml": nil})
			return
		}
		seen := make(map[int64]bool)
		for _, p := range products {
			if p.ID < 1 || p.ID > 1<<53-1 || seen[p.ID] || !(p.Weight > 0 && p.Weight <= 1000) || math.IsInf(p.Weight, 0) {
				t.Fatalf("got the product %+v", p)
			}
			seen[p.ID] = true
		}
	})
}
