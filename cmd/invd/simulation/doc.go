// Package simulation replays days of a market through the real engine, in virtual
// time, and tells what a policy of refreshing is worth there.
//
//	world ── bookings, prices ──▶ sim.Partner ◀── partner.Client ◀── engine ──▶ storage
//	  │                                                                ▲           │
//	  └── readers ─────────────────────────────────────────────────────┴── reads ◀─┘
//
// Everything but the network and the disk's flush is what the daemon runs: the
// scheduler, the queue, the budget, the workers, the client and its JSON, the store
// on a file. The market does not depend on the policy, so policies are compared on
// the same bookings and the same readers.
//
// A week is over in less than a minute because nothing waits: each run is in a
// bubble of testing/synctest, whose clock jumps to the next moment at which
// something is to happen.
package simulation
