package storage

import (
	"errors"
	"testing"
	"time"

	"invd/engine/inventory"
)

func TestCompactionGivesBackWhatWasDeletedAndKeepsTheRest(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	jobs := mustCreate(t, s, 3)
	for product := range inventory.ProductID(20) {
		for date := range inventory.Date(60) {
			mustSync(t, s, night(inventory.Key{Product: 1 + product, Date: 20_000 + date}, 3, time.Now()), 77)
		}
	}
	if _, err := s.Purge(20_050); err != nil {
		t.Fatal(err)
	}
	if _, err := Compact(dir); !errors.Is(err, ErrLocked) {
		t.Errorf("Compact while the store is open = %v, want ErrLocked", err)
	}
	mustClose(t, s)
	c, err := Compact(dir)
	if err != nil || c.After > c.Before/2 {
		t.Errorf("Compact = %+v, %v; want at most half of it left", c, err)
	}
	again, err := Compact(dir)
	if err != nil || again.After > again.Before || again.Before != c.After {
		t.Errorf("Compact again = %+v, %v; want nothing to grow", again, err)
	}
	s = mustOpen(t, dir)
	if n := s.Stats().Days; n != 200 {
		t.Errorf("%d days are left, want 200", n)
	}
	if next := mustCreate(t, s, 1); next[0].ID != jobs[2].ID+1 {
		t.Errorf("the next job is %d, want %d: the numbering must go on", next[0].ID, jobs[2].ID+1)
	}
	if at, err := s.Restored(noon); err != nil || !at.IsZero() {
		t.Errorf("Restored after a compaction = %v, %v; want never", at, err)
	}
	mustBeClean(t, s)
}

func TestContentsCountsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	for i := range inventory.Date(10) {
		mustSync(t, s, night(inventory.Key{Product: 14 + inventory.ProductID(i%2), Date: 20_000 + i}, 3, noon.Add(time.Duration(i)*time.Minute)), 77)
	}
	open, err := s.Contents()
	if err != nil {
		t.Fatal(err)
	}
	if open.Dates != 10 || open.Products != 2 || open.FirstDate != 20_000 || open.LastDate != 20_009 ||
		open.NewestCheck.Sub(open.OldestCheck) != 9*time.Minute {
		t.Errorf("Contents = %+v, want 10 dates of 2 products, checked within 9 minutes", open)
	}
	var pages int
	for _, b := range open.Buckets {
		pages += b.Pages
		if b.Name == "days" && (b.Records != 10 || b.RecordBytes < 50) {
			t.Errorf("days: %+v, want 10 records", b)
		}
	}
	if used := open.Pages - open.FreePages; pages > used || used > open.Pages {
		t.Errorf("%d pages in buckets, %d used of %d", pages, used, open.Pages)
	}
	if _, err := FileContents(s.path); !errors.Is(err, ErrLocked) {
		t.Errorf("FileContents of an open store = %v, want ErrLocked", err)
	}
	mustClose(t, s)
	closed, err := FileContents(s.path)
	if err != nil || closed.Dates != 10 {
		t.Errorf("FileContents = %+v, %v; want what the open store had", closed, err)
	}
}
