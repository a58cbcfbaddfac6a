package workload

import (
	"sync"
	"time"

	"invd/bench/peers/queues"
)

// A Blocking is a queue between producers and consumers that wait for work.
type Blocking struct {
	q          queues.Queue
	goroutines int
	jobs       int
}

// NewBlocking returns an empty queue for so many producers, as many consumers and
// so many jobs at once.
func NewBlocking(impl queues.Impl, goroutines, jobs int) *Blocking {
	return &Blocking{impl.New(jobs + goroutines), goroutines, jobs}
}

// Run pushes every job once, to random bands, while the consumers pop and finish
// them, and returns how long it took from the first push to the last done. At the
// end it pushes an id for each consumer, to the least urgent band, upon which the
// consumer leaves.
func (b *Blocking) Run() time.Duration {
	var producers, consumers sync.WaitGroup
	start := time.Now()
	for range b.goroutines {
		consumers.Go(b.consume)
	}
	for g := range b.goroutines {
		producers.Go(func() { b.produce(g) })
	}
	producers.Wait()
	for g := range b.goroutines {
		b.q.Push(uint32(b.jobs+g), queues.Bands-1)
	}
	consumers.Wait()
	return time.Since(start)
}

func (b *Blocking) produce(g int) {
	random := uint32(g)
	for id := g; id < b.jobs; id += b.goroutines {
		random = random*1664525 + 1013904223
		b.q.Push(uint32(id), int(random>>29))
	}
}

func (b *Blocking) consume() {
	for {
		id, _ := b.q.Pop()
		b.q.Done(id)
		if int(id) >= b.jobs {
			return
		}
	}
}

// Close closes the queue.
func (b *Blocking) Close() { b.q.Close() }
