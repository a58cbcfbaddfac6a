// Package worker takes the most urgent key from the queue when the partner may be
// asked, asks, and hands the answer to the store.
//
// One dispatcher goroutine waits for work, a free worker and the budget, in that
// order, and only then pops: a job popped any earlier would overtake a more
// urgent one that fell due in the meantime, and workers that each waited for a
// permit of their own would keep it while they have nothing to do.
package worker
