package storage

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLearnedComesBackUnlessDamaged(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	if got, err := s.Learned(); err != nil || len(got) != 0 {
		t.Fatalf("Learned of a new store = %v, %v; want nothing", got, err)
	}
	all := []Learned{{0, []byte("shared")}, {14, []byte("fourteen")}, {15, []byte{}}, {16, []byte("sixteen")}}
	if err := s.PutLearned(all); err != nil {
		t.Fatal(err)
	}
	if err := s.PutLearned([]Learned{{14, []byte("again")}, {16, nil}}); err != nil {
		t.Fatal(err)
	}
	want := []Learned{{0, []byte("shared")}, {14, []byte("again")}, {15, []byte{}}}
	got, err := s.Learned()
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Learned (-want +got, %v):\n%s", err, diff)
	}
	corrupt(t, s, bucketLearned, productKey(14))
	got, err = s.Learned()
	if diff := cmp.Diff([]Learned{want[0], want[2]}, got); err != nil || diff != "" {
		t.Errorf("Learned when 14 is damaged (-want +got, %v):\n%s", err, diff)
	}
	if n := s.Stats().Corrupt; n != 1 {
		t.Errorf("%d damaged records counted, want 1", n)
	}
}

func TestAFileWithoutTheBucketOfWhatWasLearnedIsRead(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	if err := s.submit(func(t *txn) error {
		t.wrote = true
		return t.tx.DeleteBucket(bucketLearned)
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, dir)
	if got, err := s.Learned(); err != nil || len(got) != 0 {
		t.Errorf("Learned = %v, %v; want nothing", got, err)
	}
	if err := s.PutLearned([]Learned{{14, []byte("fourteen")}}); err != nil {
		t.Errorf("PutLearned: %v", err)
	}
	mustBeClean(t, s)
}
