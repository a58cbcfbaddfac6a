package sim

import "time"

// A Request is one line of the partner's log. OnRequest is given it when the
// partner has decided how to answer and before it waits or sends anything, on
// the request's own goroutine and with no lock held.
type Request struct {
	Time    time.Time // of arrival
	Product int64     // 0 when the request named no product and date that could exist
	Date    string    // YYYY-MM-DD, or whatever was sent
	Status  int       // 0 when the connection will end or hang without one
	Fault   string    // names of the injected faults that were used, joined by "+"
}

// Stats are counts since the partner was made.
type Stats struct {
	Requests int // all that arrived
	Refused  int // by the limit, not by a fault
	Faulted  int // answered by an injected fault

	// Fullest is the most requests that ever arrived in a window [t-Per, t],
	// refused ones and those without a key included. Two requests exactly Per
	// apart are in one window.
	Fullest int
}

// Stats returns the counts so far.
func (p *Partner) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stats
	s.Fullest = p.window.fullest
	return s
}

// LastRequest returns when a product's date was last asked for with the right
// key, refused requests included.
func (p *Partner) LastRequest(product int64, date string) (time.Time, bool) {
	d, ok := parseDay(date)
	if !ok {
		return time.Time{}, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.last[key{product, d}]
	return t, ok
}

func (p *Partner) record(x *exchange, status int, fault string) {
	p.mu.Lock()
	if x.throttled {
		p.stats.Refused++
	}
	if fault != "" {
		p.stats.Faulted++
	}
	if x.product != nil {
		p.last[x.key] = x.arrived
	}
	p.mu.Unlock()

	if p.opts.OnRequest != nil {
		p.opts.OnRequest(Request{Time: x.arrived, Product: x.key.product, Date: x.date, Status: status, Fault: fault})
	}
}
