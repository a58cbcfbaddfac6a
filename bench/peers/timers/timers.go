// Package timers puts engine/wheel and its peers behind one interface.
package timers

import "time"

// A Timers keeps a deadline for each of many dense ids and calls the sink when it
// has come. Any number of goroutines may call its methods at once, the sink's too,
// but one at a time for each id.
//
// Deadlines are given twice, as the time since the epoch and as the time from now,
// so that each implementation can use the one that its API takes, and the caller
// who knows both pays for no clock reading.
type Timers interface {
	// Schedule arms an id that is not armed.
	Schedule(id uint32, at, in time.Duration)

	// Rearm moves the deadline of an id that is armed or has just fired.
	Rearm(id uint32, at, in time.Duration)

	// Cancel disarms an id.
	Cancel(id uint32)

	// Close ends all goroutines of the timers. What is armed may still fire or not.
	Close()
}

// Options are what every implementation is made with.
type Options struct {
	IDs   int // ids are below it
	Epoch time.Time
	Sink  func(id uint32)
}

// An Impl is an implementation of Timers.
type Impl struct {
	Name  string
	Note  string
	Bytes int // of memory a timer takes, roughly
	New   func(Options) Timers
}

// All is every implementation, ours first.
var All = []Impl{
	{
		Name: "invd", Bytes: 17,
		New:  func(o Options) Timers { return newDriver(o, newWheel(o.IDs)) },
		Note: "engine/wheel with its default tick of 4.2 ms, a mutex and one goroutine that naps until the next tick",
	},
	{
		Name: "afterfunc", Bytes: 200, New: newAfterFunc,
		Note: "time.AfterFunc, Stop and Reset; each firing in a goroutine of its own",
	},
	{
		Name: "heap4", Bytes: 40,
		New:  func(o Options) Timers { return newDriver(o, newQuad(o.IDs)) },
		Note: "a 4-ary heap of values in place of the wheel, otherwise like invd; exact deadlines",
	},
	{
		Name: "heap", Bytes: 50,
		New:  func(o Options) Timers { return newDriver(o, newBinary(o.IDs)) },
		Note: "container/heap of pointers in place of the wheel, otherwise like invd; exact deadlines",
	},
	{
		Name: "russellluo", Bytes: 250, New: newRussellLuo,
		Note: "RussellLuo/timingwheel, tick 1 ms, 64 slots a level: no re-arm (cancel and schedule); fires early; follows the wall clock",
	},
	{
		Name: "antlabs", Bytes: 250, New: newAntlabs,
		Note: "antlabs/timer, tick 10 ms: its Reset blocks for ever on a timer that stays in its slot (so cancel and schedule); fires early; wakes every 10 ms",
	},
	{
		Name: "gozero", Bytes: 450, New: newGoZero,
		Note: "go-zero TimingWheel, tick 10 ms, 4,096 slots: fires early; wakes every 10 ms",
	},
}
