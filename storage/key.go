package storage

import (
	"encoding/binary"
	"fmt"

	"invd/engine/inventory"
)

// The buckets. Their keys are big-endian, so that bbolt's order is ours: a
// product's days lie together and ascend, and jobs ascend by id.
var (
	bucketMeta      = []byte("meta")
	bucketDays      = []byte("days")
	bucketCalendars = []byte("calendars")
	bucketJobs      = []byte("jobs")    // unfinished
	bucketHistory   = []byte("history") // finished
	bucketPermits   = []byte("permits")
	bucketPauses    = []byte("pauses")
	bucketProducts  = []byte("products")
	bucketLearned   = []byte("learned")

	buckets = [][]byte{
		bucketMeta, bucketDays, bucketCalendars, bucketJobs,
		bucketHistory, bucketPermits, bucketPauses, bucketProducts, bucketLearned,
	}
)

const dayKeySize = 8 + 4

// Keys are made anew each time, because bbolt keeps the slice it is given until
// the transaction is written.

func dayKey(k inventory.Key) []byte {
	b := make([]byte, 0, dayKeySize)
	b = binary.BigEndian.AppendUint64(b, uint64(k.Product))
	return binary.BigEndian.AppendUint32(b, uint32(k.Date))
}

func parseDayKey(b []byte) (inventory.Key, bool) {
	if len(b) != dayKeySize {
		return inventory.Key{}, false
	}
	k := inventory.Key{
		Product: inventory.ProductID(binary.BigEndian.Uint64(b)),
		Date:    inventory.Date(binary.BigEndian.Uint32(b[8:])),
	}
	return k, checkKey(k) == nil
}

// checkKey refuses what could not be read back in order.
func checkKey(k inventory.Key) error {
	if k.Product < 1 || k.Product > inventory.MaxProductID || k.Date < 0 {
		return fmt.Errorf("key %d/%d: out of range", int64(k.Product), int32(k.Date))
	}
	return nil
}

func productKey(p inventory.ProductID) []byte { return idKey(uint64(p)) }

func idKey(id uint64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, 8), id)
}

func parseID(b []byte) (uint64, bool) {
	if len(b) != 8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(b), true
}
