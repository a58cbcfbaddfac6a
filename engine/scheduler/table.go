package scheduler

import (
	"sync/atomic"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/engine/refresh"
)

// A place is where a key is. It is in one only.
type place uint8

const (
	nowhere place = iota // the id is free, or on its way between two places within one call
	inWheel
	inQueue // or with a worker: the queue knows which
	parked  // due, but stopped by a pause or for a product the partner does not know
	leaving // with a worker while its date left the horizon; freed when the worker reports
)

// A key is what the scheduler knows of one (product, date). Its index in
// Scheduler.keys is its id.
type key struct {
	key      inventory.Key
	job      uint64 // its unfinished job, 0 for none; in the queue it always has one
	next     uint64 // the job to follow the running one, 0 for none
	checked  int64  // when the partner last confirmed it, Unix ns; 0: never
	due      int64  // Unix ns; while in the wheel or parked, when it is or was due
	since    int64  // Unix ns; when it was last queued
	came     int64  // Unix ns; when this process took it up
	counted  int64  // Unix ns; its ticks up to then are in the ledger
	product  int32  // index into Scheduler.products
	schedule int8   // index into the rules' schedules
	attempts uint8  // charged to job so far
	place    place
	trigger  refresh.Trigger // of job, or of the job to be made when it is due
	state    inventory.State
	guest    bool // a date beyond the horizon, which a backfill fetches once
	entered  bool // it came in without an answer, and that is not in the ledger
	failed   bool // its last attempt failed, or brought an answer that was not believed
}

// A product is a product of the catalogue and its keys, today first.
type product struct {
	*plan.Product
	today    inventory.Date
	ids      []refresh.ID // ids[i] is the key of today + i; empty while disabled
	notFound refresh.NotFound
}

// newKey gives k an id.
func (s *Scheduler) newKey(k key) refresh.ID {
	if n := len(s.free); n > 0 {
		id := s.free[n-1]
		s.free = s.free[:n-1]
		s.keys[id] = k
		return id
	}
	s.keys = append(s.keys, k)
	s.grow(len(s.keys))
	return refresh.ID(len(s.keys) - 1)
}

func (s *Scheduler) grow(n int) {
	s.wheel.Grow(n)
	s.Queue.Grow(n)
	s.tasks.grow(n)
}

// release frees an id that is in no place.
func (s *Scheduler) release(id refresh.ID) {
	s.Policy.Leave(id)
	s.Desk.End(s.keys[id].key, false, false)
	s.keys[id] = key{}
	s.free = append(s.free, id)
}

// find returns the id of a live key.
func (s *Scheduler) find(k inventory.Key) (refresh.ID, bool) {
	p := s.byID[k.Product]
	if p == nil {
		return 0, false
	}
	ahead := int(k.Date - p.today)
	if ahead < 0 || ahead >= len(p.ids) {
		return 0, false
	}
	return p.ids[ahead], true
}

func unixTime(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns)
}

// tasks is a table by id that grows while workers read it. The scheduler writes
// an entry before it pushes the id, workers read it between pop and report; the
// queue's atomics order the two.
type tasks struct {
	pages atomic.Pointer[[]*taskPage]
}

type taskPage [1024]refresh.Task

func (t *tasks) grow(n int) {
	var pages []*taskPage
	if p := t.pages.Load(); p != nil {
		pages = *p
	}
	if len(pages)*len(taskPage{}) >= n {
		return
	}
	grown := append(pages[:len(pages):len(pages)], new(taskPage))
	t.pages.Store(&grown)
	t.grow(n)
}

func (t *tasks) at(id refresh.ID) *refresh.Task {
	n := refresh.ID(len(taskPage{}))
	return &(*t.pages.Load())[id/n][id%n]
}

func (t *tasks) set(id refresh.ID, task refresh.Task) { *t.at(id) = task }
func (t *tasks) get(id refresh.ID) refresh.Task       { return *t.at(id) }
