package refresh

import (
	"strings"
	"time"

	"invd/engine/inventory"
)

// A Pause stops every fetch in its scope until it is resumed or its time is up.
type Pause struct {
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // zero: until resumed
}

// Active reports whether the pause holds at now.
func (p *Pause) Active(now time.Time) bool {
	return p != nil && (p.Until.IsZero() || now.Before(p.Until))
}

// A Scope names what a pause stops: everything, one schedule or one product.
type Scope struct {
	Schedule string
	Product  inventory.ProductID
}

// Everything is the scope of the global pause.
var Everything = Scope{}

// String is the scope's name for programs: "global", "schedule/today" or "product/14".
func (s Scope) String() string {
	switch {
	case s.Product != 0:
		return "product/" + s.Product.String()
	case s.Schedule != "":
		return "schedule/" + s.Schedule
	}
	return "global"
}

// InWords is how people say what a scope's String returns: "everything", "schedule
// today" or "product 14".
func InWords(scope string) string {
	if scope == Everything.String() {
		return "everything"
	}
	return strings.Replace(scope, "/", " ", 1)
}

// A NotFound records that the partner does not know a product (any more).
type NotFound struct {
	Count     int       `json:"count"` // 404s with no other answer between
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"`
	Suspended bool      `json:"suspended"` // asked about once a day only
}
