// Package workload is what is done to the queues and the timers that are compared.
// Each function takes one measurement of one implementation.
package workload
