package report

import "invd/engine/refresh"

// A ScopedPause is a pause and what it stops.
type ScopedPause struct {
	Scope  string        `json:"scope"` // "global", "schedule/today" or "product/14"
	Paused refresh.Pause `json:"paused"`
}
