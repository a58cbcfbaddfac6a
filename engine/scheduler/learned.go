package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/storage"
)

// What a policy has learned is saved piece by piece, so that no commit is large:
// all of it within saveRound.
const (
	saveRound = 10 * time.Minute
	saveEvery = 10 * time.Second
)

// loadLearned tells the policy of every key, and what an earlier process had
// learned. A record that cannot be read means that it is learned again.
func (s *Scheduler) loadLearned(ctx context.Context, now time.Time) error {
	l, learns := s.Policy.(Learner)
	var records []storage.Learned
	if learns {
		var err error
		if records, err = s.Store.Learned(); err != nil {
			return err
		}
	}
	for _, r := range records {
		if r.Product == 0 {
			s.unreadable(l.SetShared(r.Data))
		}
	}
	for id := range s.keys {
		if stopped(ctx, id) {
			return ctx.Err()
		}
		s.Policy.Enter(s.view(refresh.ID(id)), now)
	}
	index := map[inventory.ProductID]int{}
	for i, p := range s.products {
		index[p.ID] = i
	}
	var gone []storage.Learned
	for _, r := range records {
		if i, ok := index[r.Product]; ok {
			s.unreadable(l.SetProduct(i, r.Data))
		} else if r.Product != 0 {
			gone = append(gone, storage.Learned{Product: r.Product})
		}
	}
	if len(gone) > 0 {
		if err := s.Store.PutLearned(gone); err != nil {
			s.storeFailed(err)
		}
	}
	s.saveAt = now.Add(saveEvery)
	return nil
}

func (s *Scheduler) unreadable(err error) {
	if err != nil {
		s.Log.LogAttrs(context.Background(), slog.LevelWarn, "learned state not read, learning anew", slog.Any("err", err))
	}
}

// saveSome saves the next few products when it is time, and returns when the next
// are due.
func (s *Scheduler) saveSome(now time.Time) time.Duration {
	if _, ok := s.Policy.(Learner); !ok {
		return watch
	}
	if wait := s.saveAt.Sub(now); wait > 0 && wait <= saveEvery {
		return wait
	}
	s.saveAt = now.Add(saveEvery)
	s.saveLearned(1 + len(s.products)*int(saveEvery)/int(saveRound))
	return saveEvery
}

// saveBatch is how many products go into one commit.
const saveBatch = 256

// saveLearned saves what is known of all products and of the next n.
func (s *Scheduler) saveLearned(n int) {
	l, ok := s.Policy.(Learner)
	if !ok {
		return
	}
	records := []storage.Learned{{Data: l.Shared()}}
	for i := range n {
		if s.saved >= len(s.products) {
			s.saved = 0
		}
		if len(s.products) > 0 {
			records = append(records, storage.Learned{Product: s.products[s.saved].ID, Data: l.Product(s.saved)})
			s.saved++
		}
		if len(records) < saveBatch && i < n-1 {
			continue
		}
		if err := s.Store.PutLearned(records); err != nil {
			s.storeFailed(fmt.Errorf("save learned state: %w", err))
			return
		}
		records = records[:0]
	}
}
