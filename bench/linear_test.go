package bench

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/storage"
)

// A use of a key: a sync of a number, or a read.
type use struct {
	date  inventory.Date
	write int64 // 0: a read
}

// registers is one register for each key.
var registers = porcupine.Model{
	Partition: func(history []porcupine.Operation) (parts [][]porcupine.Operation) {
		of := make(map[inventory.Date]int)
		for _, o := range history {
			date := o.Input.(use).date
			i, known := of[date]
			if !known {
				i, of[date] = len(parts), len(parts)
				parts = append(parts, nil)
			}
			parts[i] = append(parts[i], o)
		}
		return parts
	},
	Init: func() any { return int64(1) },
	Step: func(state, input, output any) (bool, any) {
		if in := input.(use); in.write != 0 {
			return true, in.write
		}
		return output == state, state
	},
}

// What readers see through the handler and its cache, and what writers commit, fits one
// order in which each key is a register: no read is stale, and none goes back.
func TestReadsAndSyncsAreLinearizable(t *testing.T) {
	const writers, readers, keys, rounds, each = 2, 3, 2, 100, 30
	if !linearizable(t, throughHandler, writers, readers, keys, rounds, each) {
		t.Error("not linearizable")
	}
	t.Run("the usual way of deleting entries is caught", func(t *testing.T) {
		for range 50 {
			if !linearizable(t, throughDeletion, writers, readers, keys, rounds, each) {
				return
			}
		}
		t.Error("it was not")
	})
}

func linearizable(t *testing.T, open func(*testing.T, *storage.Store) mirror, writers, readers, keys, rounds, each int) bool {
	t.Helper()
	store, err := storage.Open(t.TempDir(), storage.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	m, began := open(t, store), time.Now()
	now := func() int64 { return int64(time.Since(began)) }
	for round := range rounds {
		key := func(i int) inventory.Key { return inventory.Key{Product: 1, Date: tomorrow().AddDays(i)} }
		put := func(k inventory.Key, n int64) {
			if _, err := store.Sync(numbered(k, n), uint64(n), refresh.End{}); err != nil {
				t.Error(err)
			}
			m.committed(k)
		}
		for i := range keys {
			put(key(i), 1)
		}
		histories := make([][]porcupine.Operation, writers+readers)
		var all sync.WaitGroup
		for client := range histories {
			random := rand.New(rand.NewPCG(uint64(round), uint64(client)))
			all.Go(func() {
				for n := range each {
					k := key(random.IntN(keys))
					o := porcupine.Operation{ClientId: client, Input: use{date: k.Date}, Call: now()}
					if client < writers {
						number := int64(2 + client + writers*n) // nobody else's
						o.Input = use{date: k.Date, write: number}
						put(k, number)
					} else {
						o.Output = m.read(k)
					}
					o.Return = now()
					histories[client] = append(histories[client], o)
				}
			})
		}
		all.Wait()
		var history []porcupine.Operation
		for _, h := range histories {
			history = append(history, h...)
		}
		if !porcupine.CheckOperations(registers, history) {
			return false
		}
	}
	return true
}
