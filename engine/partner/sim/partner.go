package sim

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options make a partner. The zero value is the real one: products 14 and 15,
// 30 requests a minute, answers at once.
type Options struct {
	Seed     uint64
	Products []int64 // Catalogue(2) if nil
	APIKey   string  // what x-api-key must be; anything goes if empty

	Limit        int           // requests per Per: 0 means 30, negative no limit
	Per          time.Duration // 0 means a minute
	CountRefused bool          // refused requests use up the limit too

	Latency time.Duration // every answer waits this long,
	Jitter  time.Duration // and exponentially distributed with this mean on top

	Bookings float64        // mean bookings of an open date: 0 means 40, negative none
	Location *time.Location // whose days the dates are; nil means UTC

	// Body appends what a product says of a date at a moment: another world's
	// answers, in which Book, OpenDate and CloseDate change nothing. nil: the
	// built-in one.
	Body func(b []byte, product int64, date string, at time.Time) []byte

	Now        func() time.Time // time.Now if nil
	RedirectTo string           // where fault "redirect" points: another host
	OnRequest  func(Request)    // called for every request; see Request
}

// A Partner is the simulated External API. Make one with New; all methods may
// be called at once.
type Partner struct {
	opts   Options
	world  *world
	origin time.Time // what the window's moments count from

	scratches sync.Pool // of *scratch

	// mu guards what follows. No other lock is taken under it.
	mu         sync.Mutex
	window     window
	overrides  map[key][]override
	injections []*injection
	chances    stream // for faults that strike by probability
	delays     stream // for latency
	stats      Stats
	last       map[key]time.Time
}

// New returns a partner with no faults.
func New(o Options) *Partner {
	if o.Products == nil {
		o.Products = Catalogue(2)
	}
	if o.Limit == 0 {
		o.Limit = 30
	}
	if o.Per == 0 {
		o.Per = time.Minute
	}
	switch {
	case o.Bookings == 0:
		o.Bookings = 40
	case o.Bookings < 0:
		o.Bookings = 0
	}
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.RedirectTo == "" {
		o.RedirectTo = "http://elsewhere.invalid/"
	}
	return &Partner{
		opts:      o,
		world:     newWorld(o),
		origin:    o.Now(),
		window:    window{limit: o.Limit, per: o.Per, countRefused: o.CountRefused},
		overrides: make(map[key][]override),
		chances:   draw(o.Seed, forFaults),
		delays:    draw(o.Seed, forLatency),
		last:      make(map[key]time.Time),
	}
}

const (
	route     = "/api/v1/inventory/"
	keyHeader = "x-api-key"
)

// ServeHTTP answers GET /api/v1/inventory/{product}?date=YYYY-MM-DD. An answer
// tells the truth of the moment the request arrived, however long it takes.
// A fault that must cut the connection panics with http.ErrAbortHandler.
func (p *Partner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	authorised := p.opts.APIKey == "" || r.Header.Get(keyHeader) == p.opts.APIKey
	x := p.arrive(w, r, authorised)

	id, found := strings.CutPrefix(r.URL.Path, route)
	switch {
	case !found:
		x.refuse(http.StatusNotFound, "Not Found")
		return
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		x.refuse(http.StatusMethodNotAllowed, "Method Not Allowed")
		return
	case !authorised:
		x.refuse(http.StatusUnauthorized, "Unauthorized")
		return
	}

	x.date = r.URL.Query().Get("date")
	product, err := strconv.ParseInt(id, 10, 64)
	d, dateOK := parseDay(x.date)
	if err == nil && dateOK {
		x.key = key{product, d}
		x.product = p.world.products[product]
	}
	switch {
	case x.throttled:
		x.answer(http.StatusTooManyRequests, "", func() {
			x.json(http.StatusTooManyRequests, throttledBody(p.opts.Limit, strconv.FormatInt(x.reset.UnixMilli(), 10)))
		})
	case err != nil || !dateOK:
		x.refuse(http.StatusBadRequest, "Bad Request")
	case x.product == nil:
		x.refuse(http.StatusNotFound, "Product not found")
	default:
		x.inventory()
	}
}

// inventory answers for a product and a date that exist.
func (x *exchange) inventory() {
	faults := x.p.strike(x.key)
	sc := x.p.borrow()
	defer x.p.scratches.Put(sc)
	x.body = x.p.body(sc, x.product, x.key.day, x.date, x.arrived)
	if len(faults) == 0 {
		x.answer(http.StatusOK, "", func() { x.json(http.StatusOK, x.body) })
		return
	}
	serve, status := func(x *exchange) { x.json(http.StatusOK, x.body) }, http.StatusOK
	names := make([]string, len(faults))
	for i, f := range faults {
		names[i], x.nth = string(f.name), f.nth
		if f.edit != nil {
			x.body = f.edit(x, x.body)
		} else {
			serve, status = f.serve, f.status
		}
	}
	x.answer(status, strings.Join(names, "+"), func() { serve(x) })
}
