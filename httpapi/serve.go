package httpapi

import (
	"net/http"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
)

// X-Inventory-State by inventory.State.
var stateHeader = [...][]string{
	inventory.Unknown: {inventory.Unknown.String()},
	inventory.Closed:  {inventory.Closed.String()},
	inventory.SoldOut: {inventory.SoldOut.String()},
	inventory.Open:    {inventory.Open.String()},
}

// retryAfter is what Retry-After says of what nothing is known about, in seconds: long
// enough for a fetch of the most urgent band, short enough for a person to wait.
var retryAfter = []string{"30"}

// serve writes a. What it puts into the header map of a plain 200 are eight
// members, as many as a Go map holds before it has to grow; a ninth costs every
// read a microsecond.
func (p *Public) serve(w http.ResponseWriter, r *http.Request, a *answer, v view) {
	h := w.Header()
	readable(h, r)
	if a.checked.IsZero() {
		h["Cache-Control"] = noStore
	} else {
		c := a.at(v.now, v.rules, v.today)
		h["Age"], h["Cache-Control"] = c.age[:], c.control[:]
		if i, ok := v.rules.Of(v.today, a.latest()); ok {
			s := &v.rules.Schedules()[i]
			age := a.age(v.now)
			p.guard.observer.Read(s.Name, age <= s.Objective, age)
		}
	}
	if a.code != http.StatusOK {
		h["X-Inventory-State"] = stateHeader[a.state]
		send(w, r, a.code, &a.variant)
		return
	}
	h["Last-Modified"] = a.modified[:]
	if lines := r.Header["If-None-Match"]; lines != nil {
		switch matchTags(lines, a.etag[0], a.zipTag[0]) {
		case matchPlain:
			notModified(w, a.etag[:])
			return
		case matchZipped:
			notModified(w, a.zipTag[:])
			return
		case matchAny:
			notModified(w, p.choose(r, a).etag[:])
			return
		case matchNone:
		}
	}
	chosen := p.choose(r, a)
	h["Etag"] = chosen.etag[:]
	send(w, r, http.StatusOK, chosen)
}

// A view is when and under what rules an answer is looked at.
type view struct {
	now   time.Time
	rules *plan.Rules
	today inventory.Date // where the product is sold
}

func (p *Public) choose(r *http.Request, a *answer) *variant {
	if acceptsGzip(r.Header["Accept-Encoding"]) {
		return a.zip(p.zip)
	}
	return &a.variant
}

func send(w http.ResponseWriter, r *http.Request, code int, v *variant) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = v.length[:]
	if v.encoding != nil {
		h["Content-Encoding"] = v.encoding
	}
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = w.Write(v.body) // the reader has gone; there is nobody to tell
	}
}

// notModified answers 304 with the tag that matched, so that a cache knows which
// of its copies is the current one.
func notModified(w http.ResponseWriter, tag []string) {
	w.Header()["Etag"] = tag
	w.WriteHeader(http.StatusNotModified)
}

// unknown answers for a key of which nothing is stored.
func unknown(w http.ResponseWriter, r *http.Request, message string) {
	h := w.Header()
	readable(h, r)
	h["X-Inventory-State"] = stateHeader[inventory.Unknown]
	h["Retry-After"] = retryAfter
	writeError(w, http.StatusNotFound, message)
}

// readable sets what every answer about inventory says of itself. Pages of other
// origins may read it; browsers alone say where they come from.
func readable(h http.Header, r *http.Request) {
	h["X-Content-Type-Options"] = nosniff
	h["Vary"] = varies
	if r.Header["Origin"] != nil {
		h["Access-Control-Allow-Origin"] = anyOrigin
	}
}
