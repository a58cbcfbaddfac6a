// Package queues puts engine/queue and its peers behind one interface.
package queues

// Bands is the number of bands of every queue that has bands. Band 0 is the most
// urgent.
const Bands = 8

// ageEvery is after how many pops one serves a less urgent band, where the
// implementation can.
const ageEvery = 64

// A Queue hands out dense ids by urgency. An id is queued or running at most
// once: a push of a queued id does nothing, one of a running id queues it again
// when its run is done. What an implementation does differently its Note says.
type Queue interface {
	Push(id uint32, band int)

	// TryPop takes the next id, which is running until Done. It may say no without
	// a reason and is then to be tried again. A queue that can only block does so.
	TryPop() (id uint32, ok bool)

	// Pop is TryPop that waits, parked, for an id. It reports false once the queue
	// is closed; what is left in it then is of no interest.
	Pop() (id uint32, ok bool)

	Done(id uint32)
	Close()
}

// An Impl is an implementation of Queue.
type Impl struct {
	Name string
	Note string // what it lacks

	// Parks says that Pop waits without using the processor. Otherwise it spins.
	Parks bool

	// New returns an empty queue for the ids 0…ids−1.
	New func(ids int) Queue
}

// All is every implementation, ours first.
var All = []Impl{
	{
		Name: "invd", Parks: true, New: newInvd,
		Note: "engine/queue: 8 bands, dedupe, raise, ageing, a pop that can be cancelled",
	},
	{
		Name: "heap", Parks: true, New: newHeap,
		Note: "sync.Mutex, container/heap of pointers, sync.Cond: no ageing, a pop cannot be cancelled",
	},
	{
		Name: "chan", Parks: true, New: newChannels,
		Note: "a buffered channel per band, selected in order, an atomic word per id: bounded, no raise, no ageing",
	},
	{
		Name: "deque", Parks: true, New: newDeque,
		Note: "sync.Mutex, a slice per band, sync.Cond: a pop cannot be cancelled",
	},
	{
		Name: "k8s", Parks: true, New: newK8s,
		Note: "client-go workqueue: no bands, so no raise and no ageing; only a blocking pop, which cannot be cancelled",
	},
	{
		Name: "crpq", Parks: true, New: newCRPQ,
		Note: "controller-runtime priorityqueue: no ageing; only a blocking pop, which cannot be cancelled",
	},
	{
		Name: "xsync", Parks: false, New: newXsync,
		Note: "a bounded xsync.MPMCQueue per band, an atomic word per id: no raise, no ageing, no blocking pop (it spins, and is left out where waiting is measured)",
	},
}
