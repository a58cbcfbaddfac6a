//go:build linux

package main

import (
	"errors"
	"fmt"
	"time"

	"invd/bench/served"
)

// settle is how long changes go on before they are measured.
const settle = 100 * time.Millisecond

// whileChanging has the server sync changed answers of the hot keys during the
// second contestant's bursts. It is an error when the server does not keep up.
func whileChanging(servers *served.Process) func([]contestant, error) ([]contestant, error) {
	return func(all []contestant, err error) ([]contestant, error) {
		if err != nil {
			return all, err
		}
		burst := all[1].burst
		all[1].burst = func() ([]float64, error) {
			if err := servers.Change(changed); err != nil {
				return nil, err
			}
			began := time.Now()
			time.Sleep(settle)
			figures, err := burst()
			synced, err2 := servers.Quiet()
			if want := changed * time.Since(began).Seconds(); float64(synced) < want/2 {
				err = errors.Join(err, fmt.Errorf("%d answers synced, want %.0f", synced, want))
			}
			return figures, errors.Join(err, err2)
		}
		return all, nil
	}
}
