package httpapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"invd/engine/inventory"
)

// match returns the documented path that an address means, "" if none: segment by
// segment, each unescaped on its own, where the last is never empty. It is written
// after RFC 3986 and the documents, and knows nothing of the router.
//
// Nobody asks it about the profiles, whose addresses have no fixed number of segments.
func (s specification) match(u *url.URL) (path string) {
	segments := strings.Split(u.EscapedPath(), "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil || strings.Contains(plain, "/") {
			return ""
		}
		segments[i] = plain
	}
	same := func(segment, want string) bool {
		return segment == want || strings.HasPrefix(want, "{")
	}
	for path := range s.Paths {
		given, want := segments, strings.Split(path, "/")
		if n := len(want); len(given) == n+1 && given[n] == "" && strings.HasPrefix(path, "/api/v1/experience/") {
			given = given[:n] // the same with a trailing slash
		}
		if slices.EqualFunc(given, want, same) && (path == "/" || given[len(given)-1] != "") {
			return path
		}
	}
	return ""
}

// checkDocumented holds an answer to what a listener's document says of the request: its
// status, its media type and the members of its JSON. handler is the name that the request was
// counted under.
func (s specification) checkDocumented(t *testing.T, r *http.Request, handler string, w *sheet, preflight bool) {
	t.Helper()
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	path := s.match(r.URL)
	op, found := s.Paths[path][strings.ToLower(method)]
	if strings.ToUpper(method) != method {
		found = false
	}
	if found != (handler != handlerOther) {
		t.Errorf("counted as %s, the document has it as %q", handler, path)
	}
	var want []string
	switch {
	case found:
		for status := range op.Responses {
			want = append(want, status)
		}
	case r.Method == http.MethodOptions && preflight && path != "":
		want = []string{"204"}
	case path != "", r.URL.Path == "*":
		want = []string{"405"}
	default:
		want = []string{"404"}
	}
	status := strconv.Itoa(w.code)
	if !slices.Contains(want, status) {
		t.Fatalf("answered %s; want one of %v", status, want)
	}
	if found && strings.Contains(r.URL.Path, "//") && w.code < 400 {
		t.Errorf("answered %s, with nothing for a parameter", status)
	}
	kind, _, _ := strings.Cut(w.header.Get("Content-Type"), ";")
	content := op.Responses[status].Content
	if _, ok := content[kind]; found && len(content) > 0 && !ok {
		t.Errorf("%s is of type %q; want one of %v", status, kind, content)
	}
	if kind == "application/json" && method == r.Method {
		s.checkJSON(t, w, content[kind].Schema)
	}
}

func (s specification) checkJSON(t *testing.T, w *sheet, described schema) {
	t.Helper()
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(w.body, &members); err != nil {
		t.Fatalf("%d: no JSON object: %v: %q", w.code, err, w.body)
	}
	if w.code >= 400 {
		if got := string(members["statusCode"]); got != strconv.Itoa(w.code) || len(members) != 2 || !strings.HasPrefix(string(members["message"]), `"`) {
			t.Errorf("%d: want a statusCode and a message: %s", w.code, w.body)
		}
		return
	}
	if name, ok := strings.CutPrefix(described.Ref, "#/components/schemas/"); ok {
		described = s.Components.Schemas[name]
	}
	for _, member := range described.Required {
		if members[member] == nil {
			t.Errorf("%d: no %s in %s", w.code, member, w.body)
		}
	}
}

var wellFormedID = regexp.MustCompile(`^[1-9][0-9]{0,15}$`)

func goodID(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return wellFormedID.MatchString(s) && err == nil && n <= int64(inventory.MaxProductID)
}

func goodDate(s string) bool {
	date, err := time.Parse(time.DateOnly, s)
	return len(s) == len(time.DateOnly) && err == nil && date.Year() >= 1970
}

// checkParameters holds an answer of a route that reads a product and a date to what they are:
// 400 if one of them is none, else anything but that.
func checkParameters(t *testing.T, path string, r *http.Request, code int) {
	t.Helper()
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || q.Has("max_age") || q.Has("wait") || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return // what is read badly is for other tests, and so are the bounds
	}
	id := q.Get("product")
	if strings.Contains(path, "{id}") {
		id = strings.Split(r.URL.Path, "/")[4]
	}
	var good bool
	switch path {
	case "/api/v1/experience/{id}/slots":
		good = goodID(id) && len(q["date"]) == 1 && goodDate(q.Get("date"))
	case "/api/v1/experience/{id}/dates", "/api/v1/products/{id}":
		good = goodID(id)
	case "/explain", "/api/v1/explain":
		good = goodID(id) && goodDate(q.Get("date"))
	default:
		return
	}
	if (code != http.StatusBadRequest) != good {
		t.Errorf("answered %d; the product and date can be read: %v", code, good)
	}
}
