package served

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner"
	"invd/engine/refresh"
	"invd/storage"
)

// fillers is how many goroutines fill the store: they share commits.
const fillers = 512

// fill stores every key, without flushing each commit to disk.
func fill(dir string, keys []inventory.Key) error {
	store, err := storage.Open(dir, storage.Options{NoSync: true})
	if err != nil {
		return err
	}
	var next atomic.Int64
	errs := make([]error, fillers)
	var all sync.WaitGroup
	for f := range fillers {
		all.Go(func() {
			for errs[f] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(keys) {
					return
				}
				errs[f] = syncOne(store, keys[i], 0)
			}
		})
	}
	all.Wait()
	return errors.Join(errors.Join(errs...), store.Close())
}

// syncOne does what a worker does with an answer of the partner.
func syncOne(store *storage.Store, k inventory.Key, version int) error {
	body := payload(k, version)
	asked := time.Now()
	hash := partner.BodyHash(body)
	a, _, err := partner.Decode(k, body)
	if err != nil {
		return err
	}
	a.RequestedAt, a.CheckedAt = asked, time.Now()
	_, err = store.Sync(&a, hash, refresh.End{})
	return err
}
