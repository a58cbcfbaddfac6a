// Package metrics counts what the daemon does, for Prometheus.
//
// Each component has a struct whose methods say what happened: Engine, Storage,
// HTTP. A nil one counts nothing, so that a component runs without metrics. What
// is a state rather than an event is not counted at all: those gauges are read
// from a report.Status when Prometheus asks.
//
// The catalogue is the only list of metrics: New registers what is in it,
// docs/metrics.md is printed from it and a test holds both to it. Label values
// come from code or configuration, never from a request, a product or a date, and
// every combination exists at zero before anything happens.
package metrics
