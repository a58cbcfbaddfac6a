package storage

import (
	"os"
	"time"
)

// Stats is the size of the store.
type Stats struct {
	FileBytes    int64
	FreePages    int           // that a commit can use
	PendingPages int           // that it could, but for open reads
	FreeBytes    int64         // of both
	OpenReads    int           // read transactions
	Reads        int           // read transactions since Open
	Commits      uint64        // write transactions since Open
	WriteTime    time.Duration // spent in them writing pages and flushing
	Days         int           // records of a key
	Unfinished   int           // jobs
	History      int           // finished jobs
	Corrupt      uint64        // records found damaged since Open
}

// Stats returns the size of the store. It costs a stat of the file and is cheap
// enough for every scrape.
func (s *Store) Stats() Stats {
	var size int64
	if info, err := os.Stat(s.path); err == nil {
		size = info.Size()
	}
	bolt := s.db.Stats()
	unfinished := int64(0)
	for state := range s.jobs {
		unfinished += s.jobs[state].Load()
	}
	history := s.historySize()
	return Stats{
		FileBytes:    size,
		FreePages:    bolt.FreePageN,
		PendingPages: bolt.PendingPageN,
		FreeBytes:    int64(bolt.FreeAlloc),
		OpenReads:    bolt.OpenTxN,
		Reads:        bolt.TxN,
		Commits:      s.commits.Load(),
		WriteTime:    bolt.TxStats.GetWriteTime(),
		Days:         int(s.days.Load()),
		Unfinished:   int(unfinished - history),
		History:      int(history),
		Corrupt:      s.corrupt.Load(),
	}
}
