package simulation

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// Compare runs each of runs, as many at once as there are processors, and returns
// their results in the order of runs. done is told of each when it is over, one at
// a time. The first failure ends all others.
//
// While it runs, Go has no more processors than there are runs: of the goroutines of
// one run hardly two can go on at a time, and spreading them over processors only
// costs what it takes to wake those.
func Compare(ctx context.Context, runs []Options, done func(Result)) ([]Result, error) {
	if procs := runtime.GOMAXPROCS(0); len(runs) < procs {
		defer runtime.GOMAXPROCS(procs)
		runtime.GOMAXPROCS(max(1, len(runs)))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results, failures := make([]Result, len(runs)), make([]error, len(runs))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var mu sync.Mutex // over done
	var all sync.WaitGroup
	for i, o := range runs {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			if failures[i] = ctx.Err(); failures[i] != nil {
				return
			}
			if results[i], failures[i] = Run(ctx, o); failures[i] != nil {
				cancel()
				return
			}
			mu.Lock()
			defer mu.Unlock()
			done(results[i])
		})
	}
	all.Wait()
	return results, first(failures)
}

// first returns the failure that ended the others.
func first(failures []error) (canceled error) {
	for _, err := range failures {
		switch {
		case errors.Is(err, context.Canceled):
			canceled = err
		case err != nil:
			return err
		}
	}
	return canceled
}
