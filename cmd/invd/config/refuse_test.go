package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each file of testdata/config/bad has beside it, in .want, all that is to be
// said about it.
func TestBadFilesAreRefusedWithEveryComplaintOnItsLine(t *testing.T) {
	t.Chdir(testdata + "/bad")
	files, err := filepath.Glob("*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no bad files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(file, ".yaml"), func(t *testing.T) {
			want, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			c, err := Load(file)
			if err == nil {
				t.Fatal("Load = nil, want it refused")
			}
			if c != nil {
				t.Errorf("Load returned a Config along with the error")
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(err.Error()+"\n", "\n")); diff != "" {
				t.Errorf("complaints, want -, got +:\n%s", diff)
			}
		})
	}
}

// source is a reader of a file whose products file has the given content.
func source(t testing.TB, products string) *reader {
	t.Helper()
	r, err := newReader("invd.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r.open = func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(products)), nil }
	r.getenv = func(string) string { return "" }
	return r
}

func TestTextThatIsNoYAMLIsRefusedOnItsLine(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"on the first line", "a: b: c\n", "invd.yaml:1: not YAML: mapping values are not allowed in this context"},
		{"on another line", "x: 1\na: b: c\n", "invd.yaml:2: not YAML: mapping values are not allowed in this context"},
		{"tab", "partner:\n\tbase_url: x\n", "invd.yaml:2: not YAML: found character that cannot start any token"},
		{"list in a mapping", "x: 1\n- a\n", "invd.yaml:2: not YAML: did not find expected key"},
		{"stray bracket on the first line", "]\n", "invd.yaml:1: not YAML: did not find expected node content"},
		{"mapping without end on the only line", "{", "invd.yaml:1: not YAML: did not find expected node content"},
		{"CRLF", "x: 1\r\ny: {\r\n\r\n", "invd.yaml:3: not YAML: did not find expected node content"},
		{"list without end", "x: 1\ny: 2\nz: [1, 2\n", "invd.yaml:3: not YAML: did not find expected ',' or ']'"},
		{"alias of nothing", "x: 1\ny: *z\n", "invd.yaml: not YAML: unknown anchor 'z' referenced"},
		{"in the second document", "x: 1\n---\na: b: c\n", "invd.yaml:3: not YAML: mapping values are not allowed in this context"},
		{"empty second document", "x: 1\n---\n", "invd.yaml:2: a second document begins here: a file is one configuration"},
		{"byte that is no UTF-8", "x: 1\ny: \xff\n", "invd.yaml:2: not text: a byte that is no UTF-8, or a control character"},
		{"control character", "x: 1\n\n\x00", "invd.yaml:3: not text: a byte that is no UTF-8, or a control character"},
		{"UTF-16", "\xff\xfex\x00", "invd.yaml:1: not text: a byte that is no UTF-8, or a control character"},
		{"no character", "x: 1\n# \uffff", "invd.yaml:2: not text: a byte that is no UTF-8, or a control character"},
		{"too long", "#" + strings.Repeat(" ", maxFile), "invd.yaml: longer than 16MiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := source(t, "").parse([]byte(tt.text))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestTableThatIsNoProductsFileIsRefusedOnItsLine(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "invd.csv:1: empty: expected the header id,name,timezone,weight,enabled"},
		{"mark alone", "\ufeff", "invd.csv:1: empty: expected the header id,name,timezone,weight,enabled"},
		{"no id", "name,weight\nx,1\n", "invd.csv:1: column id is required, but absent"},
		{"typing error", "id,naem\n1,x\n", `invd.csv:1: unknown column "naem" (did you mean name?)`},
		{"capitals", "ID\n1\n", "invd.csv:1: unknown column \"ID\" (did you mean id?)\ninvd.csv:1: column id is required, but absent"},
		{"twice", "id,name,id\n1,x,1\n", "invd.csv:1: column id is there twice"},
		{"nameless column", "id,\n1,\n", `invd.csv:1: unknown column ""`},
		{"quote without end", "id,name\n1,x\n2,\"y\n3,z\n", `invd.csv:4: not CSV: extraneous or missing " in quoted-field`},
		{"stray quote in the header", "id,na\"me\n", `invd.csv:1: not CSV: bare " in non-quoted-field`},
		{"errors in a row that spans lines", "name,id,weight\n\"a\nb\",1,0\n", "invd.csv:2: name: must be one line of at most 200 characters, got \"a\\nb\"\ninvd.csv:3: weight: must be more than 0, at most 1000, got \"0\""},
		{"name that turns what follows it", "id,name\n1,Zoo \u202Eezis\n2,Zoo \u2067x\n3,\u05D2\u05DF \u200F(1)\n", "invd.csv:2: name: must not turn the direction of text, got \"Zoo \\u202eezis\"\ninvd.csv:3: name: must not turn the direction of text, got \"Zoo \\u2067x\""},
		{"too few cells", "name,id,weight\n\"\",\n", "invd.csv:2: expected 3 cells as in the header, got 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := source(t, "")
			r.products(strings.NewReader(tt.text), "invd.csv")
			if err := r.err("invd.yaml"); err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// zeros is a file without end, and without a line end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestEndlessProductsFileIsRefused(t *testing.T) {
	r := source(t, "")
	r.products(io.MultiReader(strings.NewReader("id\n"), zeros{}), "invd.csv")
	want := "invd.csv: longer than 64MiB"
	if err := r.err("invd.yaml"); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestComplaintsBeyondAHundredAreCounted(t *testing.T) {
	var rows bytes.Buffer
	rows.WriteString("id,weight\n")
	for i := range 250 {
		fmt.Fprintf(&rows, "%d,0\n", i+1)
	}
	text := "partner: {base_url: http://p, api_key_file: k}\nproducts_file: p.csv\n"
	_, err := source(t, rows.String()).parse([]byte(text))
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		t.Fatalf("parse = %v, want joined errors", err)
	}
	all := joined.Unwrap()
	if len(all) != 101 {
		t.Fatalf("%d errors, want 101", len(all))
	}
	for _, err := range all {
		if _, ok := err.(*Error); !ok {
			t.Errorf("%v is a %T, want *Error", err, err)
		}
	}
	if got, want := all[100].Error(), "invd.yaml: not shown: 150 more"; got != want {
		t.Errorf("the last error is %q, want %q", got, want)
	}
}
