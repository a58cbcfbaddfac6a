package queue

import (
	"fmt"
	"math/bits"
	"sync/atomic"
)

const (
	firstChunkBits = 10
	chunks         = 32 - firstChunkBits + 1
)

// A slab holds the cells of the ids 0…len−1 in chunks that never move: the first
// of 1,024 cells, each later one as large as all before it together.
type slab struct {
	len atomic.Uint64 // published after the chunks it covers, whose headers never change again
	of  [chunks][]cell
}

// cell returns the id's cell and panics when there is none.
func (s *slab) cell(id uint32) *cell {
	if n := s.len.Load(); uint64(id) >= n {
		panic(fmt.Sprintf("queue: id %d out of range, Grow made room for %d", id, n))
	}
	return s.at(id)
}

// at is cell for an id known to be in range.
func (s *slab) at(id uint32) *cell {
	chunk, i := locate(id)
	return &s.of[chunk][i]
}

func locate(id uint32) (chunk int, i uint32) {
	chunk = bits.Len32(id >> firstChunkBits)
	if chunk == 0 {
		return 0, id
	}
	return chunk, id - 1<<(firstChunkBits+chunk-1)
}

// grow makes room for ids below n. New cells are given to fresh before anyone
// else sees them. One grow at a time.
func (s *slab) grow(n uint64, fresh func([]cell)) {
	if n <= s.len.Load() {
		return
	}
	last, _ := locate(uint32(n - 1))
	for chunk := range last + 1 {
		if s.of[chunk] != nil {
			continue
		}
		cells := make([]cell, 1<<(firstChunkBits+max(chunk-1, 0)))
		fresh(cells)
		s.of[chunk] = cells
	}
	s.len.Store(n)
}

// all yields every chunk of cells there is. Not while it grows.
func (s *slab) all(yield func([]cell) bool) {
	for _, cells := range s.of {
		if cells == nil || !yield(cells) {
			return
		}
	}
}
