package app_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"invd/cmd/invd/config"
)

var update = flag.Bool("update", false, "rewrite the examples of httpapi/openapi")

// TestOpenAPIExamplesAreRealAnswers asks a daemon for every example of the
// documents, in their order, and compares the answers: member by member, but for the
// few that depend on the file's layout. Each answer must also be as its schema says.
func TestOpenAPIExamplesAreRealAnswers(t *testing.T) {
	for _, listener := range []string{"public", "admin"} {
		t.Run(listener, func(t *testing.T) {
			file := filepath.Join("../../../httpapi/openapi", listener+".json")
			document, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var spec object
			if err := json.Unmarshal(document, &spec); err != nil {
				t.Fatal(err)
			}
			answers := map[jsontext.Pointer]jsontext.Value{}
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, setup{
					products: 2, start: monday.Add(9 * time.Hour), partner: "concurrency: 1", sim: simLatency(300 * time.Millisecond),
					yaml: "schedules: [{name: today, days: 1, every: 15m}, {name: week, days: 3, every: 4h}]\n" +
						"products: [{id: 14, name: Night Safari}, {id: 15, name: Island Ferry, timezone: Europe/London}]\n",
				})
				w.load = func() (*config.Config, error) { return w.conf, nil }
				w.startDaemon()
				time.Sleep(10 * time.Minute)
				client := w.admin
				if listener == "public" {
					client = w.public
				}
				for _, e := range examples(t, spec) {
					synctest.Wait()
					answers[e.at] = e.alone(w, client, spec)
				}
			})
			if *update {
				if err := os.WriteFile(file, rewrite(t, document, answers), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

type object = map[string]any

// An example is one of a document, with what it is an answer to.
type example struct {
	at      jsontext.Pointer // of its value
	request string           // GET /path
	body    any              // x-body, or nil
	code    string
	typ     string
	schema  any
	want    any
}

// examples returns those of a document, reads before changes, in the order in which
// the document has them.
func examples(t *testing.T, spec object) (all []example) {
	t.Helper()
	for _, changes := range []bool{false, true} {
		for _, path := range sortedKeys(spec["paths"]) {
			for _, method := range sortedKeys(member(spec, "paths", path)) {
				if changes != (method == "post") {
					continue
				}
				responses := member(spec, "paths", path, method, "responses")
				for _, code := range sortedKeys(responses) {
					content := member(responses, code, "content")
					for _, typ := range sortedKeys(content) {
						for _, name := range sortedKeys(member(content, typ, "examples")) {
							e := member(content, typ, "examples", name).(object)
							at := jsontext.Pointer("")
							for _, token := range []string{"paths", path, method, "responses", code, "content", typ, "examples", name, "value"} {
								at = at.AppendToken(token)
							}
							request, _ := e["x-request"].(string)
							all = append(all, example{at, request, e["x-body"], code, typ, member(content, typ, "schema"), e["value"]})
						}
					}
				}
			}
		}
	}
	if len(all) == 0 {
		t.Fatal("the document has no examples")
	}
	return all
}

// alone performs an example that pauses or resumes so that none after it notices.
func (e *example) alone(w *world, client *http.Client, spec object) jsontext.Value {
	w.t.Helper()
	_, path, _ := strings.Cut(e.request, " ")
	if scope, ok := strings.CutSuffix(path, "/resume"); ok {
		w.post(scope+"/pause", "{}")
	}
	value := e.perform(w, client, spec)
	if scope, ok := strings.CutSuffix(path, "/pause"); ok {
		w.post(scope+"/resume", "{}")
	}
	return value
}

// perform asks for an example and returns what came.
func (e *example) perform(w *world, client *http.Client, spec object) jsontext.Value {
	w.t.Helper()
	method, path, _ := strings.Cut(e.request, " ")
	var body []byte
	if e.body != nil {
		var err error
		if body, err = json.Marshal(e.body); err != nil {
			w.t.Fatal(err)
		}
	}
	resp, text := w.do(client, method, path, body)
	text = bytes.ReplaceAll(text, []byte(w.dir), []byte("/var/lib/invd"))
	if got := resp.Status[:3]; got != e.code || !strings.HasPrefix(resp.Header.Get("Content-Type"), e.typ) {
		w.t.Errorf("%s is the example of %s %s; it answers %s %s %s", e.request, e.code, e.typ, got, resp.Header.Get("Content-Type"), text)
	}
	value := jsontext.Value(text)
	if e.typ != "application/json" {
		value, _ = json.Marshal(string(text)) // a string
	}
	var got any
	if err := json.Unmarshal(value, &got); err != nil {
		w.t.Fatalf("%s: %v", e.request, err)
	}
	for _, complaint := range conforms(spec, e.schema, got, e.request) {
		w.t.Error(complaint)
	}
	if diff := cmp.Diff(masked(e.want), masked(got)); diff != "" && !*update {
		w.t.Errorf("%s (- document, + answer; go test ./cmd/invd/app -run OpenAPI -update writes it):\n%s", e.request, diff)
	}
	return value
}

// masked leaves out how many of something there are where that depends on the layout
// of the file.
func masked(v any) any {
	switch v := v.(type) {
	case object:
		m := object{}
		for name, inner := range v {
			if n, ok := inner.(float64); ok && (strings.HasSuffix(name, "bytes") || strings.HasSuffix(name, "pages")) {
				inner = n > 0
			}
			m[name] = masked(inner)
		}
		return m
	case []any:
		var all []any
		for _, inner := range v {
			all = append(all, masked(inner))
		}
		return all
	}
	return v
}

// rewrite puts values where the pointers lead, and leaves the order of everything.
func rewrite(t *testing.T, document []byte, values map[jsontext.Pointer]jsontext.Value) []byte {
	t.Helper()
	var out bytes.Buffer
	d := jsontext.NewDecoder(bytes.NewReader(document))
	e := jsontext.NewEncoder(&out, jsontext.Multiline(true), jsontext.WithIndent("  "))
	for {
		token, err := d.ReadToken()
		if errors.Is(err, io.EOF) {
			return out.Bytes()
		}
		if err == nil {
			err = e.WriteToken(token)
		}
		if value, ok := values[d.StackPointer()]; ok && err == nil && d.PeekKind() != '}' {
			if err = d.SkipValue(); err == nil {
				err = e.WriteValue(value)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
