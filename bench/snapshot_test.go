package bench

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// BenchmarkSnapshot takes, in turn: a snapshot with its check and its sum, as the
// daemon makes them; bbolt's own copy, flushed; and a flushed sequential write of
// as many bytes. One operation is one of each. Ratios are of speeds, medians over
// the rounds: 1 is as fast as the write.
func BenchmarkSnapshot(b *testing.B) {
	for _, keys := range sizes() {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) { benchmarkSnapshot(b, keys) })
	}
}

func benchmarkSnapshot(b *testing.B, keys int) {
	s, _ := openCatalogue(b, keys)
	path := filepath.Join(b.TempDir(), "copy.db")
	var checked, copied, bytesPerSecond []float64
	for b.Loop() {
		snapshot := timed(b, func() error { return s.Snapshot(path) })
		size := sizeOf(b, path)
		raw := timed(b, func() error { return copyDatabase(path+".raw", path) })
		write := timed(b, func() error { return writeSequentially(path+".zero", size) })
		for _, name := range []string{path, path + ".sha256", path + ".raw", path + ".zero"} {
			if err := os.Remove(name); err != nil {
				b.Fatal(err)
			}
		}
		checked = append(checked, float64(write)/float64(snapshot))
		copied = append(copied, float64(write)/float64(raw))
		bytesPerSecond = append(bytesPerSecond, float64(size)/snapshot.Seconds())
	}
	b.ReportMetric(median(checked), "checked/write")
	b.ReportMetric(median(copied), "copy/write")
	b.ReportMetric(median(bytesPerSecond)/1e6, "checked-MB/s")
}

func timed(b *testing.B, do func() error) time.Duration {
	began := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

func sizeOf(b *testing.B, path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// copyDatabase copies a closed database as bbolt does, without a check.
func copyDatabase(to, from string) error {
	db, err := bbolt.Open(from, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return db.View(func(tx *bbolt.Tx) error {
		return writeFile(to, func(w io.Writer) error {
			_, err := tx.WriteTo(w)
			return err
		})
	})
}

func writeSequentially(path string, size int64) error {
	block := bytes.Repeat([]byte{0xa5}, 1<<20)
	return writeFile(path, func(w io.Writer) error {
		for left := size; left > 0; left -= int64(len(block)) {
			if _, err := w.Write(block[:min(left, int64(len(block)))]); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeFile makes a file of what write writes, and flushes it.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
