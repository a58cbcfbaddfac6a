package app_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"invd/cmd/invd/config"
	"invd/engine/inventory"
	"invd/engine/partner/sim"
)

// chaosYAML keeps the number of keys and the history small, as both are bounds here.
const chaosYAML = `schedules:
  - {name: today, days: 1, every: 15m, objective: 20m}
  - {name: week, days: 7, every: 1h, objective: 80m}
  - {name: rest, days: 20, every: 4h, objective: 5h}
jobs: {keep: 7d, keep_max: 2000}
`

// TestChaos has the partner do at random everything that it can do wrong, several at
// once, while the daemon is drained, killed, reloaded and paused. Whatever happens, the
// partner counts no window that is overrun, what is read is what the partner gave, and
// nothing grows. Once it is over every key is fetched again within its objective.
//
//	go test -tags soak -run Chaos -v -timeout 4h ./cmd/invd/app
func TestChaos(t *testing.T) {
	for seed := range uint64(chaosSeeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { raiseChaos(t, seed) })
		})
	}
}

func raiseChaos(t *testing.T, seed uint64) {
	t.Helper()
	const products, days, limit = 6, 20, 30
	c := &chaos{random: rand.New(rand.NewPCG(seed, 74)), witness: &witness{given: map[inventory.Key]map[string]bool{}}, seen: map[inventory.Key]bool{}}
	c.world = newWorld(t, setup{products: products, start: monday.Add(8 * time.Hour), yaml: chaosYAML,
		sim: sim.Options{Seed: seed, Latency: 200 * time.Millisecond, Jitter: 300 * time.Millisecond}})
	c.tap = func(inner http.RoundTripper) http.RoundTripper {
		c.witness.inner = inner
		return c.witness
	}
	c.load = func() (*config.Config, error) { return c.conf, nil }
	c.startDaemon()
	for end := time.Now().Add(chaosSpan); time.Now().Before(end); {
		c.disturb()
		time.Sleep(time.Duration(1 + c.random.Int64N(int64(10*time.Minute))))
		c.read(30)
		c.checkBounds(products * days)
	}

	c.partner.Clear()
	over := time.Now()
	if resp, body := c.post("/api/v1/resume", "{}"); resp.StatusCode != http.StatusOK {
		t.Fatalf("resume = %s %s", resp.Status, body)
	}
	// A product that the partner did not know is asked for seldom; its operator has it fetched.
	for _, p := range c.conf.Products {
		c.post(fmt.Sprintf("/api/v1/products/%d/refresh", p.ID), "{}")
	}
	for i, s := range c.conf.Schedules {
		time.Sleep(time.Until(over.Add(s.Objective)))
		if now := c.status().Schedules[i]; now.Keys.Stale+now.Keys.Never > 0 {
			t.Errorf("seed %d: schedule %s has %+v %s after the last fault, want all fresh", seed, s.Name, now.Keys, s.Objective)
		}
	}
	c.read(products * days)
	c.checkLimit(limit)
	s := c.partner.Stats()
	t.Logf("seed %d: %s, %d restarts, %d reloads; %d requests, %d spoilt, at most %d a minute; %d reads",
		seed, chaosSpan, c.restarts, c.reloads, s.Requests, s.Faulted, s.Fullest, c.reads)
	if s.Faulted < s.Requests/10 || c.restarts == 0 || c.reads == 0 {
		t.Error("too little went wrong to prove anything")
	}
	c.stop()
	c.checkFile()
}

// chaos is a world that goes wrong at random.
type chaos struct {
	*world
	random  *rand.Rand
	witness *witness
	seen    map[inventory.Key]bool // was readable

	restarts, reloads, reads int
}

// disturb makes one thing go wrong, or ends what does.
func (c *chaos) disturb() {
	c.t.Helper()
	switch c.random.IntN(12) {
	case 0:
		c.stop()
		c.startDaemon()
		c.restarts++
	case 1:
		c.kill()
		c.checkFile()
		c.startDaemon()
		c.restarts++
	case 2:
		if resp, body := c.post("/-/reload", ""); resp.StatusCode != http.StatusOK {
			c.t.Errorf("reload = %s %s", resp.Status, body)
		}
		c.reloads++
	case 3:
		c.post(fmt.Sprintf("/api/v1/products/%d/pause", c.anyProduct()), `{"reason":"chaos","for":"20m"}`)
	case 4, 5:
		c.partner.Clear()
	default:
		faults := sim.Faults()
		for range 1 + c.random.IntN(3) {
			in := sim.Injection{Fault: faults[c.random.IntN(len(faults))], Times: 1 + c.random.IntN(60), Probability: 0.1 + 0.9*c.random.Float64()}
			if c.random.IntN(2) == 0 {
				in.Product = c.anyProduct()
			}
			if err := c.partner.Inject(in); err != nil {
				c.t.Error(err)
			}
		}
	}
}

func (c *chaos) anyProduct() int64 {
	return c.conf.Products[c.random.IntN(len(c.conf.Products))].ID
}

// read reads keys at random. Each answer must be one that the partner gave, and what
// could be read once can be read ever after.
func (c *chaos) read(n int) {
	c.t.Helper()
	today := inventory.DateOf(time.Now().In(mustZone(c.t, "Asia/Singapore")))
	for range n {
		k := inventory.Key{Product: inventory.ProductID(c.anyProduct()), Date: today.AddDays(c.random.IntN(20))}
		resp, body := c.get(fmt.Sprintf("/api/v1/experience/%d/slots?date=%s", k.Product, k.Date))
		c.reads++
		state := resp.Header.Get("X-Inventory-State")
		switch {
		case resp.StatusCode == http.StatusOK:
			print, err := served(body)
			if err != nil || !c.witness.gave(k, print) {
				c.t.Errorf("%s is served as %s (%v), which the partner never said", k, body, err)
			}
		case state == inventory.Closed.String():
			if !c.witness.gave(k, "") {
				c.t.Errorf("%s is served as closed, which the partner never said", k)
			}
		case state == inventory.Unknown.String():
			if c.seen[k] {
				c.t.Errorf("%s was readable and is unknown", k)
			}
			continue
		default:
			c.t.Errorf("%s = %s %s", k, resp.Status, body)
		}
		c.seen[k] = true
	}
}

// checkBounds fails the test when anything is kept that is not bounded by the number
// of keys or by the configuration.
func (c *chaos) checkBounds(keys int) {
	c.t.Helper()
	st := c.status()
	if n := st.Jobs.Pending + st.Jobs.Running + st.Jobs.Retrying; n > 2*keys {
		c.t.Errorf("%d unfinished jobs of %d keys", n, keys)
	}
	if st.Timers > keys+100 {
		c.t.Errorf("%d timers of %d keys", st.Timers, keys)
	}
}
