package metrics

import "github.com/prometheus/client_golang/prometheus"

// A registrar makes and registers metrics as the catalogue defines them. Asking it
// for a name that is not there is a bug, and a panic at start.
type registrar struct {
	registry *prometheus.Registry
	defined  map[string]definition
}

func newRegistrar(registry *prometheus.Registry) *registrar {
	r := &registrar{registry: registry, defined: map[string]definition{}}
	for _, d := range catalogue() {
		r.defined[d.name] = d
	}
	return r
}

func (r *registrar) definition(name string, k kind) definition {
	d, ok := r.defined[name]
	if !ok || d.kind != k || d.read != nil {
		panic("metrics: the catalogue has no " + string(k) + " to set named " + name)
	}
	return d
}

func (r *registrar) counter(name string) *prometheus.CounterVec {
	d := r.definition(name, counter)
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: d.name, Help: d.help}, d.labels)
	r.registry.MustRegister(v)
	return v
}

func (r *registrar) gauge(name string) *prometheus.GaugeVec {
	d := r.definition(name, gauge)
	v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: d.name, Help: d.help}, d.labels)
	r.registry.MustRegister(v)
	return v
}

func (r *registrar) histogram(name string) *prometheus.HistogramVec {
	d := r.definition(name, histogram)
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: d.name, Help: d.help, Buckets: d.buckets}, d.labels)
	r.registry.MustRegister(v)
	return v
}

// each makes a counter's series exist at zero: every combination of the label
// values in sets, one set a label.
func each(v *prometheus.CounterVec, sets ...[]string) {
	combine(sets, nil, func(values []string) { v.WithLabelValues(values...) })
}

func combine(sets [][]string, chosen []string, visit func([]string)) {
	if len(sets) == 0 {
		visit(chosen)
		return
	}
	for _, v := range sets[0] {
		combine(sets[1:], append(chosen, v), visit)
	}
}
