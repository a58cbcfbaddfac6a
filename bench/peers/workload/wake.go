package workload

import (
	"sync"
	"time"

	"invd/bench/peers/queues"
)

// A PingPong is two queues and a goroutine at each, which wake each other in turn.
type PingPong struct{ ping, pong queues.Queue }

// NewPingPong returns two empty queues.
func NewPingPong(impl queues.Impl) *PingPong {
	return &PingPong{impl.New(1), impl.New(1)}
}

// Run goes there and back so many times and returns how long it took. Each way is
// a push for which the other side waits.
func (p *PingPong) Run(rounds int) time.Duration {
	var wg sync.WaitGroup
	wg.Go(func() {
		for range rounds {
			id, _ := p.ping.Pop()
			p.ping.Done(id)
			p.pong.Push(0, 0)
		}
	})
	start := time.Now()
	for range rounds {
		p.ping.Push(0, 0)
		id, _ := p.pong.Pop()
		p.pong.Done(id)
	}
	took := time.Since(start)
	wg.Wait()
	return took
}

// Close closes both queues.
func (p *PingPong) Close() {
	p.ping.Close()
	p.pong.Close()
}
