package report

import (
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// A Grid is how old every key was at one moment: a row for each product of the
// catalogue, in its order, and a cell for each of its dates. It is made for 300,000
// keys, so a cell has what a picture of it needs and no more.
type Grid struct {
	Now       time.Time
	Schedules []GridSchedule // Cell.Schedule is an index into them
	Rows      []GridRow
}

// A GridSchedule is what the age of a key is measured against.
type GridSchedule struct {
	Name      string
	Days      int
	Objective time.Duration
}

// A GridRow is one product of a Grid.
type GridRow struct {
	ID     inventory.ProductID
	Name   string
	State  string // as Product.State
	Today  inventory.Date
	Paused *refresh.Pause
	Cells  []Cell // of today, tomorrow, …; none while the product is disabled
}

// A Cell is one key of a Grid, in 8 bytes.
type Cell struct {
	Age      int32 // seconds since the partner confirmed it; Never: it never did
	Schedule uint8
	State    inventory.State
	Marks    Marks
}

// Never is the Age of a key that was never answered.
const Never int32 = -1

// Marks are what is to be said of a key beside its age.
type Marks uint8

// The marks.
const (
	Paused  Marks = 1 << iota // somebody's pause keeps it from being fetched
	Waiting                   // it is due and in the queue, or being fetched
	Failed                    // its last attempt failed, or brought an answer that was not believed
)

// Has reports whether m has all of the marks of other.
func (m Marks) Has(other Marks) bool { return m&other == other }
