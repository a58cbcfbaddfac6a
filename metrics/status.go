package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"invd/engine/report"
)

// A statusCollector collects the gauges that tell a state, all of one scrape from
// one status, so that they agree with each other.
type statusCollector struct {
	status func() report.Status
	gauges []definition
	descs  []*prometheus.Desc // of gauges, by index
}

func newStatusCollector(status func() report.Status) *statusCollector {
	c := &statusCollector{status: status}
	for _, d := range catalogue() {
		if d.read != nil {
			c.gauges = append(c.gauges, d)
			c.descs = append(c.descs, prometheus.NewDesc(d.name, d.help, d.labels, nil))
		}
	}
	return c
}

// Describe implements prometheus.Collector.
func (c *statusCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *statusCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.status()
	for i, g := range c.gauges {
		g.read(&s, func(value float64, labels ...string) {
			ch <- prometheus.MustNewConstMetric(c.descs[i], prometheus.GaugeValue, value, labels...)
		})
	}
}
