// Package served is a filled mirror behind HTTP, for benchmarks: real storage,
// real handlers and metrics, servers as the daemon makes them, and beside them a
// net/http handler that writes the same bytes and headers and does nothing else.
//
// Serve runs all of them in one process, Start starts such a process. They share
// its heap, so that the collector is no different for the one than for the other,
// and whoever asks is in another process, so that asking costs them nothing but
// processor time.
package served
