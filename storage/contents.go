package storage

import (
	"fmt"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
	"invd/engine/report"
)

// Contents reads the open store whole, in one read transaction: about a second a
// gigabyte when the file is in memory. Commits go on meanwhile.
func (s *Store) Contents() (report.Database, error) {
	var d report.Database
	err := s.view(func(tx *bbolt.Tx) { d = contents(tx) })
	if err != nil {
		return d, fmt.Errorf("contents: %w", err)
	}
	d.File = s.path
	return d, nil
}

// FileContents is Contents of a file that no process has open for writing; it is
// ErrLocked when one has.
func FileContents(path string) (report.Database, error) {
	var d report.Database
	err := readFile(path, func(db *bbolt.DB) error {
		return db.View(func(tx *bbolt.Tx) error {
			d = contents(tx)
			return nil
		})
	})
	if err != nil {
		return d, fmt.Errorf("contents of %s: %w", path, err)
	}
	d.File = path
	return d, nil
}

func contents(tx *bbolt.Tx) report.Database {
	pageSize := tx.DB().Info().PageSize
	d := report.Database{Schema: SchemaVersion, Bytes: tx.Size(), PageSize: pageSize, Pages: int(tx.Size()) / pageSize}
	used := 2 // meta pages
	root := tx.Cursor().Bucket().Stats()
	used += root.BranchPageN + root.BranchOverflowN + root.LeafPageN + root.LeafOverflowN
	d.FreePages = max(0, d.Pages-used)
	for _, name := range buckets {
		b := tx.Bucket(name)
		if b == nil {
			continue
		}
		st := b.Stats()
		one := report.Bucket{Name: string(name), Records: st.KeyN, Pages: st.BranchPageN + st.BranchOverflowN + st.LeafPageN + st.LeafOverflowN}
		if st.KeyN > 0 {
			one.RecordBytes = float64(payloadBytes(b)) / float64(st.KeyN)
		}
		d.Buckets = append(d.Buckets, one)
	}
	ages(tx, &d)
	return d
}

// payloadBytes is what the keys and values of a bucket take, without the pages
// around them.
func payloadBytes(b *bbolt.Bucket) (n int64) {
	cursor := b.Cursor()
	for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
		n += int64(len(key) + len(value))
	}
	return n
}

// ages finds the oldest and the newest check, and the first and last date.
func ages(tx *bbolt.Tx, d *report.Database) {
	var oldest, newest int64
	var product inventory.ProductID
	cursor := tx.Bucket(bucketDays).Cursor()
	for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
		k, known := parseDayKey(key)
		one, ok := decodeDay(key, value)
		if !known || !ok {
			d.Damaged++
			continue
		}
		if oldest == 0 || one.checked < oldest {
			oldest = one.checked
		}
		newest = max(newest, one.checked)
		if k.Product != product {
			product = k.Product
			d.Products++
		}
		if d.Dates++; d.Dates == 1 {
			d.FirstDate, d.LastDate = k.Date, k.Date
		}
		d.FirstDate, d.LastDate = min(d.FirstDate, k.Date), max(d.LastDate, k.Date)
	}
	d.OldestCheck, d.NewestCheck = instant(oldest), instant(newest)
}
