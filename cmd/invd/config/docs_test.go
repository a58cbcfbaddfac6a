package config

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// row is what the documentation must say about a key.
type row struct{ kind, initially, accepts string }

// anything stands for a default that is told in words.
const anything = "…"

// document collects the rows of fields, and of the fields within, by path.
func document(rows map[string]row, prefix string, fields []field) {
	for _, f := range fields {
		path := prefix + f.key
		got := row{kind: "section", initially: anything}
		within := path + "."
		var inner []field
		switch s := f.setting.(type) {
		case scalar:
			got.kind, got.accepts = s.kind, s.bounds
			if text := s.text(); text != "" {
				got.initially = "`" + text + "`"
			}
		case section:
			inner = s.fields
		case optional[Snapshots]:
			inner = s.fields()
		case optional[TLS]:
			inner = s.fields()
		case list[Limit]:
			inner = s.document(&got)
		case list[Schedule]:
			inner = s.document(&got)
		case list[Product]:
			inner = s.document(&got)
		default:
			panic(fmt.Sprintf("%s: a %T is not documented", path, s))
		}
		if f.required {
			got.initially = "required"
		}
		if got.kind == "list" {
			within = path + "[]."
		}
		rows[path] = got
		document(rows, within, inner)
	}
}

func (o optional[T]) fields() []field {
	v := o.blank
	return o.section(&v).fields
}

func (l list[T]) document(r *row) []field {
	r.kind = "list"
	r.accepts = fmt.Sprintf("%d to %d items", l.least, l.most)
	if l.most == 0 {
		r.accepts = "any number of items"
	}
	if len(*l.into) == 1 { // a longer default is not for a table
		n := l.node()
		n.Style = yaml.FlowStyle
		text, err := yaml.Marshal(n)
		if err != nil {
			panic(err)
		}
		r.initially = "`" + strings.TrimSpace(string(text)) + "`"
	}
	item := l.blank
	return l.item(&item).fields
}

func TestDocumentationDescribesEveryKeyAndNoOther(t *testing.T) {
	text, err := os.ReadFile("../../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[string]row)
	document(want, "", defaults().fields(source(t, "")))

	got := make(map[string]row)
	line := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]*)\\| ([^|]*)\\| ([^|]*)\\| [^|]*\\|$")
	for _, m := range line.FindAllStringSubmatch(string(text), -1) {
		path := m[1]
		if _, twice := got[path]; twice {
			t.Errorf("%s is documented twice", path)
		}
		said := row{strings.TrimSpace(m[2]), strings.TrimSpace(m[3]), strings.TrimSpace(m[4])}
		if want[path].initially == anything && !strings.HasPrefix(said.initially, "required") {
			said.initially = anything
		}
		got[path] = said
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("docs/configuration.md, code -, document +:\n%s", diff)
	}
}

// codeBlocks are the fenced blocks of a language.
func codeBlocks(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

func TestFilesInTheDocumentationLoad(t *testing.T) {
	files := codeBlocks(t, "yaml")
	if len(files) != 2 {
		t.Fatalf("%d yaml blocks, want the smallest file and the example", len(files))
	}
	if _, err := source(t, "").parse([]byte(files[0])); err != nil {
		t.Errorf("the smallest file: %v", err)
	}
	if diff := cmp.Diff(string(Example()), files[1]); diff != "" {
		t.Errorf("the example, code -, document +:\n%s", diff)
	}
}

// Every key of the schema stands in the example, if only in a comment.
func TestExampleHasEveryKey(t *testing.T) {
	all := make(map[string]row)
	document(all, "", defaults().fields(source(t, "")))
	for path := range all {
		key := path[strings.LastIndex(path, ".")+1:]
		if !regexp.MustCompile(`\b` + key + `:`).Match(Example()) {
			t.Errorf("%s is not in the example", path)
		}
	}
}

func TestSpellingsInTheDocumentationAreTakenOrRefusedAsItSays(t *testing.T) {
	text, err := os.ReadFile("../../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	partner := func(key string) string {
		return "{partner: {base_url: http://p, api_key_file: k, " + key + ": %s}, products: [{id: 1}]}"
	}
	product := func(key string) string {
		return "{partner: {base_url: http://p, api_key_file: k}, products: [{id: 1, " + key + ": %s}]}"
	}
	contexts := map[string]string{
		"duration":      "{partner: {base_url: http://p, api_key_file: k}, products: [{id: 1}], schedules: [{name: x, days: 9, every: %s}]}",
		"size":          "{partner: {base_url: http://p, api_key_file: k}, products: [{id: 1}], cache: {max_bytes: %s}}",
		"whole number":  partner("concurrency"),
		"number":        product("weight"),
		"true or false": product("enabled"),
		"time zone":     product("timezone"),
	}
	span := regexp.MustCompile("`([^`]+)`")
	for kind, context := range contexts {
		m := regexp.MustCompile(`(?m)^\| ` + kind + ` \| (.*) \| (.*) \|$`).FindStringSubmatch(string(text))
		if m == nil {
			t.Errorf("no row of the type %s", kind)
			continue
		}
		for i, refused := range []bool{false, true} {
			for _, spelling := range span.FindAllStringSubmatch(m[1+i], -1) {
				_, err := source(t, "").parse(fmt.Appendf(nil, context, spelling[1]))
				if outside := err != nil && strings.Contains(err.Error(), "must be "); !outside && (err != nil) != refused {
					t.Errorf("%s %s: %v, documented as refused: %v", kind, spelling[1], err, refused)
				}
			}
		}
	}
}
