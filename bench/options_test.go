package bench

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// A bboltOption is a way to open the database; ours is the first.
type bboltOption struct {
	name string
	bbolt.Options
}

func bboltOptions() []bboltOption {
	const mapped = 1 << 30 // as storage has it
	return []bboltOption{
		{"ours", bbolt.Options{FreelistType: bbolt.FreelistMapType, NoFreelistSync: true, InitialMmapSize: mapped}},
		{"synced-freelist", bbolt.Options{FreelistType: bbolt.FreelistMapType, InitialMmapSize: mapped}},
		{"array-freelist", bbolt.Options{FreelistType: bbolt.FreelistArrayType, NoFreelistSync: true, InitialMmapSize: mapped}},
		{"page-16K", bbolt.Options{FreelistType: bbolt.FreelistMapType, NoFreelistSync: true, InitialMmapSize: mapped, PageSize: 16 << 10}},
		{"small-map", bbolt.Options{FreelistType: bbolt.FreelistMapType, NoFreelistSync: true}},
		{"no-statistics", bbolt.Options{FreelistType: bbolt.FreelistMapType, NoFreelistSync: true, InitialMmapSize: mapped, NoStatistics: true}},
	}
}

// BenchmarkBboltOptions puts records of the mean size of a day, one a transaction,
// into files of 27,000 of them; free=half has as many pages again that were freed.
// One operation is a round of 64 commits with each of the options in turn. The time
// of each is reported as a multiple of ours, the median over the rounds, and what
// it hands to write(2) in KB a commit.
func BenchmarkBboltOptions(b *testing.B) {
	for _, free := range []string{"none", "half"} {
		b.Run("free="+free, func(b *testing.B) { benchmarkBboltOptions(b, free == "half") })
	}
}

func benchmarkBboltOptions(b *testing.B, halfFree bool) {
	const commits = 64
	options := bboltOptions()
	files := make([]*bbolt.DB, len(options))
	for i, o := range options {
		files[i] = filled(b, o, halfFree)
	}
	slower, kilobytes := make([][]float64, len(options)), make([][]float64, len(options))
	for n := 0; b.Loop(); n++ {
		took := make([]time.Duration, len(options))
		for turn := range options {
			i := (turn + n) % len(options)
			before := writtenSoFar(b)
			took[i] = timed(b, func() error { return putEach(files[i], n*commits, commits) })
			kilobytes[i] = append(kilobytes[i], float64(writtenSoFar(b)-before)/commits/1e3)
		}
		for i := range options {
			slower[i] = append(slower[i], float64(took[i])/float64(took[0]))
		}
	}
	for i, o := range options {
		b.ReportMetric(median(slower[i]), o.name+"/ours")
		b.ReportMetric(median(kilobytes[i]), o.name+"-KB")
	}
}

const optionRecords = 27_000

// filled makes a file with the options.
func filled(b *testing.B, o bboltOption, halfFree bool) *bbolt.DB {
	b.Helper()
	db, err := bbolt.Open(filepath.Join(b.TempDir(), fmt.Sprint(o.name, ".db")), 0o600, &o.Options)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	all := optionRecords
	if halfFree {
		all *= 2
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucket([]byte("days"))
		for i := 0; i < all && err == nil; i++ {
			err = bucket.Put(optionKey(i), make([]byte, 670))
		}
		return err
	})
	if err == nil && halfFree {
		err = db.Update(func(tx *bbolt.Tx) error {
			for i := optionRecords; i < all; i++ {
				if err := tx.Bucket([]byte("days")).Delete(optionKey(i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		b.Fatal(err)
	}
	return db
}

func putEach(db *bbolt.DB, from, n int) error {
	for i := range n {
		err := db.Update(func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("days")).Put(optionKey(at(from+i, optionRecords)), make([]byte, 670))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func optionKey(i int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(i)) }
