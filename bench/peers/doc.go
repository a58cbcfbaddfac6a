// Package peers compares engine/queue and engine/wheel with what a user would
// otherwise pick: the standard library's means and public libraries.
//
//   - queues and timers put every implementation behind one interface each;
//   - workload has what is done to them;
//   - BenchmarkQueue and BenchmarkWheel, in this package, run one implementation
//     after the other;
//   - cmd/compare runs them in turn, a short burst each, and prints medians and
//     ratios. Figures of several goroutines should be taken with it, because two
//     runs minutes apart may find two different machines.
//
// It is a module of its own, so that the peers are no dependencies of invd. What
// the numbers mean and what they were is in docs/benchmarks.md.
package peers
