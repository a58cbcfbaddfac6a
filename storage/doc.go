// Package storage keeps the mirror on disk: what the partner said about every key,
// the jobs that fetch it, and the few facts that must survive a restart. It is one
// bbolt file with one writer.
//
// # Reading and writing
//
// All writes go to one goroutine, the committer. It takes what waits, commits it in
// one transaction, bumps the generations of the keys that were written, and only
// then lets the callers go on; what arrives meanwhile is the next transaction. A
// confirmation, which is an answer that says what is stored already, waits for no
// one: it is held for two seconds at most and goes with the next commit. Writing it at
// once would cost some fifty kilobytes to say that nothing happened. A crash loses
// it, and then its job is still unfinished and is done again.
//
// Reads run beside the writer, each in a short transaction of its own, and return
// copies. Nothing that belongs to a transaction leaves this package, and no
// transaction is open while something slow happens.
//
// # When things go wrong
//
// A full disk refuses a write and changes nothing (ErrFull). Any other failure of a
// commit leaves open what is on disk, so the store is broken for good and the
// process must stop (ErrBroken, Store.Broken); the next one reads what is there.
// A record whose checksum is wrong reads as absent, is counted, and is deleted with
// the next commit: the partner will be asked again. A file that cannot be trusted
// as a whole is not opened and not touched (ErrFormat).
//
// # The data dir
//
//	inventory.db    the database, mode 0600
//	inventory.id    shows that there was one: without the database the dir is refused,
//	                and a database without it came from elsewhere (see Store.Restored)
//	inventory.lock  locked by the process that has the dir, and holds its pid
//
// # The file, schema version 1
//
// Integers in keys and those of fixed size are big-endian. A uvarint and a varint
// are those of encoding/binary, a varint being signed. A time is Unix nanoseconds
// in 8 bytes, 0 for none. A string is its length as a uvarint and its bytes.
//
//	bucket     key                         value
//	meta       "schema"                    version, 4 bytes, the only value not sealed
//	           "created", "id", "hold"     time; text; JSON {until, reason}
//	           "restored"                  time of the first use after a restore, 0 before it
//	           "backfills"                 JSON of refresh.Backfill, all of them
//	           "ledger"                    JSON {end}: ticks are accounted for until then
//	days       product (8), date (4)       header and slots
//	calendars  product (8)                 time of the last change, days
//	jobs       id (8)                      an unfinished job; the sequence is the last id given
//	history    id (8)                      a finished job
//	permits    seq (8)                     time its request was over
//	pauses     "global", "schedule/NAME",  JSON of refresh.Pause
//	           "product/ID"
//	products   product (8)                 JSON of refresh.NotFound
//	learned    product (8), 0 for all      what the adaptive policy knows (engine/planner, state.go);
//	                                       the bucket may be missing
//
// A date is the number of days since 1970-01-01. Every value is sealed:
//
//	1 byte   format, 1
//	8 bytes  xxHash64 of the key, the format byte and the payload, in this order
//	         the payload
//
// The payload of a day is its header and the canonical bytes of its slots. Two
// answers are the same exactly when these bytes are; a confirmation rewrites the
// header alone. Strings are kept once a day and named by their place in the table,
// from 1 in the order of first use; 0 is the empty string, which is not in it.
//
//	8 bytes  hash of the partner's body that was confirmed last
//	8 bytes  time its request went out
//	8 bytes  time its answer was complete
//	8 bytes  time of the answer that changed the slots last
//	4 bytes  revision, 1 at first and one more with each change
//	1 byte   state: 1 closed, 2 sold out, 3 open
//	uvarint  number of strings, and then the strings
//	uvarint  number of slots, of pax in all of them, of prices in all of them
//	         the slots:
//	uvarint  start, and end: minutes since midnight + 1, 0 for not given
//	uvarint  variant, and source id: places of strings
//	varint   remaining
//	uvarint  number of pax, and then the pax:
//	uvarint  type, name and description: places of strings
//	varint   min, max (-1: no limit) and remaining
//	1 byte   flags: 1 primary, 2 priced; if priced:
//	         final, original, discount: units (varint) and scale (1 byte) each
//	uvarint  currency: place of a string
//
// So product 14 on 2026-04-09, with one slot at 19:15, is this key and this value:
//
//	00 00 00 00 00 00 00 0e  product 14
//	00 00 50 48  2026-04-09
//	01  format
//	9a b7 80 a1 ad 29 88 b4  checksum
//	11 22 33 44 55 66 77 88  body hash
//	18 a4 5f e7 45 90 80 00  requested 2026-04-08T12:00:00Z
//	18 a4 5f e7 81 2b 4a 00  checked a second later
//	18 a2 12 8d 03 c0 00 00  changed 2026-04-01T00:00:00Z
//	00 00 00 03  revision 3
//	03  open
//	04  four strings:
//	04 74 72 61 6d  1 tram
//	05 41 44 55 4c 54  2 ADULT
//	05 41 64 75 6c 74  3 Adult
//	03 53 47 44  4 SGD
//	01 01 01  one slot, one pax, one price
//	84 09 00  19:15, no end
//	01 00  variant tram, no source id
//	50  40 places left
//	01  one pax:
//	02 03 00  ADULT, Adult, no description
//	02 01 50  min 1, no max, 40 places
//	03  primary and priced
//	bc cb 02 02  final 212.14
//	b8 03 00  original 220
//	a4 0c 02  discount 7.86
//	04  SGD
//
// The payload of a calendar is the time it changed, the number of its days as a
// uvarint, and each day: days since the one before or since 1970-01-01 (uvarint),
// state (1 byte), and 0, or 1 and the three amounts as above and the currency as a
// string. It has no time of a check, which would change with every confirmation.
//
// The payload of a job is its product (8), date (4), trigger, state and outcome (1
// each, in the order of package refresh), the times it was created, started,
// finished and is to be retried, its attempts as a uvarint, and its schedule and
// error as strings.
package storage
