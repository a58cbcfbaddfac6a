package workload

import (
	"sync/atomic"
	"time"
)

// line is a word on a cache line of its own.
type line struct {
	atomic.Uint64
	_ [120]byte
}

// SixAtomics runs so many rounds of six uncontended atomic read-modify-writes on six
// cache lines and returns how long it took. It is the least that a push, a pop
// and a done can cost when each changes the id's word once and passes the slot on
// with a ticket to each side, if none of the six waits for another.
func SixAtomics(rounds int) time.Duration {
	var at [6]line
	start := time.Now()
	for i := range uint64(rounds) {
		at[0].CompareAndSwap(i, i+1) // idle to queued
		at[1].Add(1)                 // the pusher's ticket
		at[2].CompareAndSwap(i, i+1) // the slot
		at[3].Add(1)                 // the popper's ticket
		at[4].CompareAndSwap(i, i+1) // queued to running
		at[5].CompareAndSwap(i, i+1) // running to idle
	}
	return time.Since(start)
}

// ChainedAtomics is SixAtomics as one id's life has them: its word is changed three
// times, the popper reads the slot that the pusher has filled, and what is read
// decides what is written.
func ChainedAtomics(rounds int) time.Duration {
	var pushed, popped line
	slots, words := new([1024]line), new([1024]line)
	start := time.Now()
	for i := range uint64(rounds) {
		id := i % 1024
		idle := words[id].Load()
		words[id].CompareAndSwap(idle, idle+1)
		in := &slots[pushed.Add(1)%1024]
		in.CompareAndSwap(in.Load(), id)
		id = slots[popped.Add(1)%1024].Load()
		words[id].CompareAndSwap(idle+1, idle+2)
		running := words[id].Load()
		words[id].CompareAndSwap(running, running+1)
	}
	return time.Since(start)
}
