package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"invd/engine/plan"
	"invd/engine/refresh"
	"invd/engine/report"
	"invd/httpapi/openapi"
)

// A specification is what the tests look at of an OpenAPI document.
type specification struct {
	OpenAPI    string
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]schema }
}

type operation struct {
	OperationID string
	Parameters  []struct{ Name, In string }
	Security    []map[string][]string
	Responses   map[string]documentedAnswer
}

// says reports whether the status is among the documented ones.
func (op operation) says(status string) bool {
	_, ok := op.Responses[status]
	return ok
}

type documentedAnswer struct {
	Content map[string]struct{ Schema schema } // by media type
}

type schema struct {
	Ref        string `json:"$ref"`
	Properties map[string]any
	Required   []string
}

func mustSpec(t testing.TB, document []byte) (s specification) {
	t.Helper()
	if err := json.Unmarshal(document, &s); err != nil {
		t.Fatal(err)
	}
	if s.OpenAPI != "3.1.0" {
		t.Errorf("openapi is %q; want 3.1.0", s.OpenAPI)
	}
	return s
}

// inSpec writes httprouter's parameters as OpenAPI does: {id}, {item}.
func inSpec(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if p != "" && strings.ContainsRune(":*", rune(p[0])) {
			parts[i] = "{" + p[1:] + "}"
		}
	}
	return strings.Join(parts, "/")
}

func TestOpenAPIHasTheRoutesAndNoOthers(t *testing.T) {
	operator := &admin{reload: func(context.Context) error { return nil }, database: noDatabase{}} // so that it has their routes
	for _, tt := range []struct {
		name     string
		document []byte
		routes   []route
	}{
		{"public", openapi.Public, (&Public{}).routes(probes{})},
		{"admin", openapi.Admin, operator.routes(probes{}, http.NotFoundHandler())},
	} {
		s := mustSpec(t, tt.document)
		var got, want []string
		ids := map[string]bool{}
		for path, operations := range s.Paths {
			for method, op := range operations {
				got = append(got, strings.ToUpper(method)+" "+path)
				if op.OperationID == "" || ids[op.OperationID] {
					t.Errorf("%s: %s %s has the operationId %q, which is empty or another's", tt.name, method, path, op.OperationID)
				}
				ids[op.OperationID] = true
				for _, p := range strings.Split(path, "/") {
					name, ok := strings.CutPrefix(p, "{")
					name = strings.TrimSuffix(name, "}")
					if ok && !slices.Contains(op.Parameters, struct{ Name, In string }{name, "path"}) {
						t.Errorf("%s: %s %s does not describe its parameter %s", tt.name, method, path, name)
					}
				}
			}
		}
		for _, r := range tt.routes {
			path := inSpec(r.path)
			if twin := strings.TrimSuffix(path, "/"); twin != path && s.Paths[twin] != nil {
				continue // the same with a trailing slash
			}
			want = append(want, r.method+" "+path)
			if r.handler == handlerChange && r.path != "/retry" {
				if op := s.Paths[path]["post"]; len(op.Security) != 1 || !op.says("401") || !op.says("403") {
					t.Errorf("admin: POST %s is a change and does not say that it needs a token", path)
				}
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("httpapi/openapi/%s.json (- routes, + document):\n%s", tt.name, diff)
		}
	}
}

func TestOpenAPISchemasHaveTheMembersOfTheirTypes(t *testing.T) {
	types := map[string]any{
		"JobEnd": report.JobEnd{}, "PauseChange": report.PauseChange{}, "Reload": report.Reload{}, "Status": report.Status{}, "Plan": report.Plan{}, "Population": report.Population{},
		"Explanation": report.Explanation{}, "Product": report.Product{}, "Job": report.Job{}, "Database": report.Database{},
		"Refreshed": report.Refreshed{}, "Triggered": report.Triggered{}, "Retried": report.Retried{}, "Purged": report.Purged{}, "Pause": refresh.Pause{},
	}
	s := mustSpec(t, openapi.Admin)
	seen := map[string]bool{}
	for name, v := range types {
		checkType(t, s, name, reflect.TypeOf(v), seen)
	}
}

// checkType compares a schema with a type, and those of its members with theirs.
func checkType(t *testing.T, s specification, name string, typ reflect.Type, seen map[string]bool) {
	t.Helper()
	if seen[name] {
		return
	}
	seen[name] = true
	described, ok := s.Components.Schemas[name]
	if !ok {
		t.Errorf("no schema for %s", typ)
		return
	}
	var members, required []string
	for i := range typ.NumField() {
		f := typ.Field(i)
		member, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		members = append(members, member)
		if options == "" {
			required = append(required, member)
		}
		inner := f.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && strings.HasPrefix(inner.PkgPath(), "invd/") {
			checkType(t, s, inner.Name(), inner, seen)
		}
	}
	var got []string
	for member := range described.Properties {
		got = append(got, member)
	}
	slices.Sort(got)
	slices.Sort(members)
	slices.Sort(required)
	slices.Sort(described.Required)
	if diff := cmp.Diff(members, got); diff != "" {
		t.Errorf("members of %s (- type, + schema):\n%s", name, diff)
	}
	if diff := cmp.Diff(required, described.Required); diff != "" {
		t.Errorf("members that %s always has (- type, + schema):\n%s", name, diff)
	}
}

func TestOpenAPIIsServedByBothListeners(t *testing.T) {
	h, _, _ := newTestAdmin(AdminOptions{})
	catalogue := testCatalogue(t)
	p := mustPublic(t, PublicOptions{Reader: newFakeStore(), Catalogue: func() *plan.Catalogue { return catalogue }})
	defer p.Close()
	for name, w := range map[string]struct {
		h        http.Handler
		document []byte
	}{"public": {p, openapi.Public}, "admin": {h, openapi.Admin}} {
		got := ask(w.h, "GET", "/openapi.json")
		if got.Code != 200 || got.Body.String() != string(w.document) || got.Header().Get("Content-Type") != jsonType[0] {
			t.Errorf("%s: %d, %s, %d bytes; want the document", name, got.Code, got.Header().Get("Content-Type"), got.Body.Len())
		}
	}
}
