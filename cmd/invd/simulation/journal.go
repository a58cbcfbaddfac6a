package simulation

import (
	"context"
	"sync"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner"
)

// A journal is the client between the engine and the partner, and remembers the
// last two answers for each key: the one that the store shows, and perhaps one that
// it is about to show.
type journal struct {
	client *partner.Client

	mu      sync.Mutex
	answers map[inventory.Key][2]answer // the latest first
}

type answer struct{ requested, checked time.Time }

// Fetch asks the partner.
func (j *journal) Fetch(ctx context.Context, k inventory.Key) (partner.Answer, error) {
	a, err := j.client.Fetch(ctx, k)
	if err == nil {
		j.mu.Lock()
		j.answers[k] = [2]answer{{a.RequestedAt, a.CheckedAt}, j.answers[k][0]}
		j.mu.Unlock()
	}
	return a, err
}

// requested returns when the answer was asked for that was complete at checked.
func (j *journal) requested(k inventory.Key, checked time.Time) (time.Time, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, a := range j.answers[k] {
		if a.checked.Equal(checked) {
			return a.requested, true
		}
	}
	return time.Time{}, false
}

// checked returns when the last answer for a key came, zero for none.
func (j *journal) checked(k inventory.Key) time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.answers[k][0].checked
}
