package queues

import (
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
)

// k8s is client-go's workqueue, without metrics. It has one band.
type k8s struct{ q *workqueue.Typed[uint32] }

func newK8s(int) Queue { return k8s{workqueue.NewTyped[uint32]()} }

func (q k8s) Push(id uint32, _ int)  { q.q.Add(id) }
func (q k8s) TryPop() (uint32, bool) { return q.Pop() }
func (q k8s) Done(id uint32)         { q.q.Done(id) }
func (q k8s) Close()                 { q.q.ShutDown() }

func (q k8s) Pop() (uint32, bool) {
	id, shutdown := q.q.Get()
	return id, !shutdown
}

// crpq is controller-runtime's priority queue, without metrics. A higher priority
// is more urgent there.
type crpq struct {
	q priorityqueue.PriorityQueue[uint32]
}

var priorities = func() (p [Bands]int) {
	for band := range p {
		p[band] = Bands - band
	}
	return p
}()

func newCRPQ(int) Queue { return crpq{priorityqueue.New[uint32]("")} }

func (q crpq) Push(id uint32, band int) {
	q.q.AddWithOpts(priorityqueue.AddOpts{Priority: &priorities[band]}, id)
}

func (q crpq) TryPop() (uint32, bool) { return q.Pop() }
func (q crpq) Done(id uint32)         { q.q.Done(id) }
func (q crpq) Close()                 { q.q.ShutDown() }

// Settle waits until all that was added is in the queue.
func (q crpq) Settle() { q.q.Len() }

func (q crpq) Pop() (uint32, bool) {
	id, _, shutdown := q.q.GetWithPriority()
	return id, !shutdown
}
