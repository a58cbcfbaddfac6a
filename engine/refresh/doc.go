// Package refresh holds what travels between the scheduler, the queue, the
// workers and the store: the fetch job, the band it waits in and how it ended.
//
// It is a leaf: values only.
package refresh
