package storage

import (
	"fmt"
	"path/filepath"

	"invd/engine/refresh"
)

// promises is what a writer acknowledged.
type promises struct {
	places   [crashKeys]int64
	finished map[uint64]bool
}

func newPromises() *promises { return &promises{finished: make(map[uint64]bool)} }

// add takes a line of writeUntilKilled. One that was cut off says nothing.
func (p *promises) add(line string) {
	var id uint64
	var i int
	var places int64
	if _, err := fmt.Sscanf(line, "%d %d %d\n", &id, &i, &places); err != nil {
		return
	}
	p.places[i] = places
	if id != 0 {
		p.finished[id] = true
	}
}

// heldIn opens the data dir, and is an error when a promise is broken. What it has
// besides is promised from then on.
func (p *promises) heldIn(dir string) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("panic: %v", x)
		}
	}()
	s, err := Open(dir, Options{NoSync: true})
	if err != nil {
		return err
	}
	places, err := p.held(s)
	if closing := s.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	p.places = places
	if findings, err := Check(filepath.Join(dir, FileName)); err != nil || len(findings) > 0 {
		return fmt.Errorf("check: %q, %v", findings, err)
	}
	return nil
}

// held is an error when the store has not all that was acknowledged. It returns what
// it has.
func (p *promises) held(s *Store) (places [crashKeys]int64, err error) {
	for i, want := range p.places {
		if want == 0 {
			continue
		}
		record, err := s.Availability(crashKey(i))
		if err != nil {
			return places, err
		}
		// One sync may have reached the disk and not have been acknowledged yet.
		if places[i] = record.Slots[0].Remaining; places[i] != want && places[i] != want+1 {
			return places, fmt.Errorf("%s has %d places, want the acknowledged %d or one more", crashKey(i), places[i], want)
		}
	}
	for id := range p.finished {
		if j, err := s.Job(id); err != nil || j.State != refresh.Done {
			return places, fmt.Errorf("job %d is %v, %v; want done as acknowledged", id, j.State, err)
		}
	}
	return places, nil
}
