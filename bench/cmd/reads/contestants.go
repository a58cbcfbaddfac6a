//go:build linux

package main

import (
	"fmt"
	"net/http"
	"time"

	"invd/bench/load"
	"invd/bench/served"
	"invd/engine/inventory"
)

// conns is how many connections ask without pause, paced how many at a rate.
const (
	conns = 64
	paced = 50
)

const gzip = "Accept-Encoding: gzip\r\n"

// A question is what is asked of which server.
type question struct {
	name, server string
	requests     [][]byte
	status       int
}

// asker makes questions about the keys of one store.
type asker struct {
	servers *served.Process
	hot     []inventory.Key // served.Hot of them, or one for each of as many products
	all     []inventory.Key // in random order
	path    func(inventory.Key) string
}

func slotsOf(c *config, servers *served.Process) asker {
	keys := served.Keys(c.keys, served.Today())
	return asker{servers, served.Draw(keys, served.Hot), served.Draw(keys, len(keys)), served.SlotsPath}
}

func datesOf(c *config, servers *served.Process) asker {
	a := slotsOf(c, servers)
	products := served.Products(a.all)
	a.hot, a.all, a.path = served.Draw(products, served.Hot), products, served.DatesPath
	return a
}

func (a asker) hit(name, server, lines string) question {
	return question{name, server, served.Requests(a.hot, a.path, lines), http.StatusOK}
}

func (a asker) cold(name string) question {
	return question{name, served.Cold, served.Requests(a.all, a.path, ""), http.StatusOK}
}

// unchanged asks for each hot key with the ETag that it has.
func (a asker) unchanged(name string) (question, error) {
	requests, err := served.Conditional(a.servers.Addresses[served.Warm], a.hot, a.path)
	return question{name, served.Warm, requests, http.StatusNotModified}, err
}

// atFull asks without pause: requests a second, and what one takes of the server's
// processor time.
func (a asker) atFull(c *config, questions ...question) ([]contestant, error) {
	return a.each(conns, questions, func(q question, client *load.Client) ([]float64, error) {
		before, err := a.servers.Processor()
		if err != nil {
			return nil, err
		}
		b, err := client.Burst(c.burst)
		if err != nil {
			return nil, err
		}
		after, err := a.servers.Processor()
		return []float64{b.PerSecond(), float64((after-before)/time.Microsecond) / float64(b.Answers)}, err
	})
}

// atRate asks perSecond times a second: latencies.
func (a asker) atRate(c *config, perSecond int, questions ...question) ([]contestant, error) {
	seed := uint64(0)
	return a.each(paced, questions, func(_ question, client *load.Client) ([]float64, error) {
		seed++
		l, err := client.Steady(perSecond, c.burst, seed)
		if err != nil {
			return nil, err
		}
		return []float64{µs(l.At(0.5)), µs(l.At(0.99)), µs(l.At(0.999))}, nil
	})
}

func µs(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// each makes contestants of questions.
func (a asker) each(n int, questions []question, burst func(question, *load.Client) ([]float64, error)) (all []contestant, err error) {
	for _, q := range questions {
		client, err := load.Dial(a.servers.Addresses[q.server], n, q.requests, q.status)
		if err != nil {
			return all, err
		}
		all = append(all, contestant{q.name, func() ([]float64, error) { return burst(q, client) }, client.Close})
	}
	return all, nil
}

// others makes contestants of the -targets.
func (c *config) others() (all []contestant, err error) {
	for _, t := range c.targets {
		request := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", t.path)
		client, err := load.Dial(t.addr, conns, [][]byte{request}, http.StatusOK)
		if err != nil {
			return all, err
		}
		all = append(all, contestant{t.name, func() ([]float64, error) {
			b, err := client.Burst(c.burst)
			return []float64{b.PerSecond(), 0}, err
		}, client.Close})
	}
	return all, nil
}
