//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"invd/engine/partner/sim"
)

// begin begins all trouble. What would make the daemon ask less, as a refused key or a
// broken circuit, is left out: it would be rest.
func (d *daemon) begin() error {
	for _, i := range []sim.Injection{
		{Fault: "shuffled", Probability: 0.2},
		{Fault: "slot-vanishes", Probability: 0.4},
		{Fault: "remaining-zero", Probability: 0.3},
		{Fault: "truncated", Probability: 0.1},
		{Fault: "cut", Probability: 0.05},
		{Fault: "500", Probability: 0.05},
		{Fault: "hang", Probability: 0.02},
		{Fault: "huge", Probability: 0.02},
		{Fault: "gzipbomb", Probability: 0.02},
		{Fault: "endless", Probability: 0.01},
	} {
		if err := d.partner.Inject(i); err != nil {
			return err
		}
	}
	d.stop = make(chan struct{})
	ids := sim.Catalogue(products)
	d.busy.Go(func() {
		each := time.NewTicker(days * time.Second / limit) // or there would be nothing left to fetch, or too much
		defer each.Stop()
		for n := 0; d.err[0] == nil && !d.stopped(); n++ {
			<-each.C
			d.err[0] = d.call(http.MethodPost, fmt.Sprintf("/api/v1/products/%d/refresh", ids[n%len(ids)]))
		}
	})
	if d.copyEvery > 0 {
		d.busy.Go(func() {
			each := time.NewTicker(d.copyEvery) // what comes while a snapshot is taken is left out
			defer each.Stop()
			for ; d.err[1] == nil && !d.stopped(); d.snapshots++ {
				d.err[1] = d.call(http.MethodPost, "/api/v1/snapshot")
				<-each.C
			}
		})
	}
	return nil
}

// calm ends trouble.
func (d *daemon) calm() error {
	close(d.stop)
	d.busy.Wait()
	d.partner.Clear()
	return errors.Join(d.err[0], d.err[1])
}

func (d *daemon) stopped() bool {
	select {
	case <-d.stop:
		return true
	default:
		return false
	}
}

// call asks the daemon over its socket.
func (d *daemon) call(method, path string) error {
	request, err := http.NewRequest(method, "http://invd"+path, strings.NewReader("{}"))
	if err != nil {
		return err
	}
	resp, err := d.admin.Do(request)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	return nil
}
