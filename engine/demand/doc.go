// Package demand is what readers ask for: a Table counts their reads, key by key,
// for whoever decides what is worth a call, and a Desk takes their wishes for a
// fetch and lets them wait for it together.
//
//	reader ──▶ Desk ──ask──▶ scheduler ──▶ queue, worker, store
//	   ▲         │               │
//	   └─ wakes ─┴───── End ◀────┘   once the answer is what readers see
//
// Readers are many and quick: counting takes no lock and allocates nothing, and
// none of them ever waits for the scheduler, only for the partner.
package demand
