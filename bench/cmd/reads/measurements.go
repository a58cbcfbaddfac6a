//go:build linux

package main

import (
	"fmt"
	"slices"

	"invd/bench/served"
)

var (
	full = []value{{"answers", "1/s"}, {"server's processor time", "µs"}}
	rate = []value{{"p50", "µs"}, {"p99", "µs"}, {"p99.9", "µs"}}
)

const (
	bare    = "bare handler"
	oneKey  = "invd, one key"
	hot     = "invd, hot" // served.Hot keys in random order
	quiet   = "invd, quiet"
	changes = "invd, 1,000 changes/s"
	changed = 1000 // answers a second
)

var measurements = []measurement{
	{
		name: "slots", title: "`/slots`, 64 connections that wait for nothing", values: full,
		bars: []bar{
			{"`/slots` hot, with metrics, vs bare handler", "answers", oneKey, bare, 0.9, false},
			{"304 vs 200", "answers", "invd, 304", hot, 1, false},
			{"gzip vs identity", "answers", "invd, gzip", hot, 0.93, false},
			{"cold vs hot", "answers", "invd, cold", hot, 0.7, false},
			{"with metrics vs without", "answers", hot, "invd, hot, no metrics", 0.95, false},
			{"vs nginx, static file, one worker", "answers", oneKey, "nginx", 0.45, false}, // with -target nginx=…
			{"vs NestJS on Express", "answers", oneKey, "nest", 10, false},                 // with -target nest=…
		},
		contestants: func(c *config, servers *served.Process) ([]contestant, error) {
			a := slotsOf(c, servers)
			unchanged, err := a.unchanged("invd, 304")
			if err != nil {
				return nil, err
			}
			one := asker{servers, a.hot[:1], nil, a.path}
			ours, err := a.atFull(c, a.hit(bare, served.Bare, ""), one.hit(oneKey, served.Warm, ""), a.hit(hot, served.Warm, ""), a.hit("invd, hot, no metrics", served.Uncounted, ""),
				a.hit("invd, gzip", served.Warm, gzip), unchanged, a.cold("invd, cold"))
			if err != nil {
				return ours, err
			}
			others, err := c.others()
			return slices.Concat(ours, others), err
		},
	},
	{
		name: "dates", title: "`/dates`, 60 of them, 64 connections that wait for nothing", values: full,
		bars: []bar{
			{"`/dates` hot, with metrics, vs bare handler", "answers", oneKey, bare, 0.9, false},
		},
		contestants: func(c *config, servers *served.Process) ([]contestant, error) {
			a := datesOf(c, servers)
			unchanged, err := a.unchanged("invd, 304")
			if err != nil {
				return nil, err
			}
			one := asker{servers, a.hot[:1], nil, a.path}
			return a.atFull(c, a.hit(bare, served.BareDates, ""), one.hit(oneKey, served.Warm, ""), a.hit(hot, served.Warm, ""), a.hit("invd, gzip", served.Warm, gzip),
				unchanged, a.cold("invd, cold"), slotsOf(c, servers).hit("invd, /slots hot", served.Warm, ""))
		},
	},
	latency(5_000),
	latency(20_000,
		bar{"p99 at 20,000/s vs bare handler", "p99", hot, bare, 1.5, true},
		bar{"p99 at 20,000/s, µs", "p99", hot, "", 5000, true}),
	{
		name: "changes/full", title: "`/slots` while hot keys change, 64 connections that wait for nothing", values: full,
		bars: []bar{{"answers/s, 1,000 changes/s vs quiet", "answers", changes, quiet, 0.7, false}},
		contestants: func(c *config, servers *served.Process) ([]contestant, error) {
			a := slotsOf(c, servers)
			return whileChanging(servers)(a.atFull(c, a.hit(quiet, served.Warm, ""), a.hit(changes, served.Warm, "")))
		},
	},
	latencyWhileChanging(5_000),
	latencyWhileChanging(20_000,
		bar{"p99 at 20,000/s, 1,000 changes/s vs quiet", "p99", changes, quiet, 2, true}),
}

func latency(perSecond int, bars ...bar) measurement {
	return measurement{
		name: fmt.Sprintf("latency/%d", perSecond), title: fmt.Sprintf("`/slots`, %d requests/s at random moments on 50 connections", perSecond),
		values: rate, bars: bars,
		contestants: func(c *config, servers *served.Process) ([]contestant, error) {
			a := slotsOf(c, servers)
			return a.atRate(c, perSecond, a.hit(bare, served.Bare, ""), a.hit(hot, served.Warm, ""), a.cold("invd, cold"))
		},
	}
}

func latencyWhileChanging(perSecond int, bars ...bar) measurement {
	return measurement{
		name:   fmt.Sprintf("changes/latency/%d", perSecond),
		title:  fmt.Sprintf("`/slots` while hot keys change, %d requests/s at random moments on 50 connections", perSecond),
		values: rate, bars: bars,
		contestants: func(c *config, servers *served.Process) ([]contestant, error) {
			a := slotsOf(c, servers)
			return whileChanging(servers)(a.atRate(c, perSecond, a.hit(quiet, served.Warm, ""), a.hit(changes, served.Warm, "")))
		},
	}
}
