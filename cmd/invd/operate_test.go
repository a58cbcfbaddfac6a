package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"

	"invd/engine/inventory"
	"invd/engine/report"
	"invd/storage"
)

// operate does one of the things an operator does to a daemon at work.
func (l *ledger) operate(random *rand.Rand) error {
	products := l.products()
	switch id := products[random.IntN(len(products))]; random.IntN(4) {
	case 0:
		return l.pause(id)
	case 1:
		return l.resume(id)
	case 2:
		return l.m.commands.post(l.m.t.Context(), "/-/reload", struct{}{}, nil)
	default:
		return l.snapshot()
	}
}

func (l *ledger) pause(id inventory.ProductID) error {
	delete(l.paused, id) // either is right if the daemon dies now
	err := l.m.commands.post(l.m.t.Context(), "/api/v1/products/"+id.String()+"/pause", map[string]string{"reason": "a test"}, nil)
	if err == nil {
		l.paused[id] = true
	}
	return err
}

func (l *ledger) resume(id inventory.ProductID) error {
	delete(l.paused, id)
	err := l.m.commands.post(l.m.t.Context(), "/api/v1/products/"+id.String()+"/resume", struct{}{}, nil)
	if err == nil {
		l.paused[id] = false
	}
	return err
}

// snapshot takes one over the socket and reads every record of it. What a kill
// cuts off must leave no file that looks like one.
func (l *ledger) snapshot() error {
	file := filepath.Join(l.m.dir, "snapshot.db")
	err := exec.Command("invd", "db", "snapshot", file, "--data-dir", l.m.commands.dataDir).Run()
	if _, missing := os.Stat(file); missing != nil {
		return err
	}
	if findings, err := storage.Check(file); err != nil || len(findings) > 0 {
		l.m.t.Errorf("start %d: a snapshot: %v, findings %q", l.m.starts, err, findings)
	}
	l.snapshots++
	for _, name := range []string{file, file + ".sha256"} {
		if e := os.Remove(name); e != nil && !os.IsNotExist(e) {
			l.m.t.Error(e)
		}
	}
	return err
}

// verifyPauses requires what was paused to be paused, and nothing else. What was
// left unanswered is known from then on.
func (l *ledger) verifyPauses() {
	l.m.t.Helper()
	for _, id := range l.products() {
		var p report.Product
		if err := l.m.commands.get(l.m.t.Context(), "/api/v1/products/"+id.String(), &p); err != nil {
			l.m.t.Fatalf("start %d: %v", l.m.starts, err)
		}
		got := p.Paused != nil
		if want, answered := l.paused[id]; answered && got != want {
			l.m.t.Errorf("start %d: product %d paused %v; want %v, as was answered", l.m.starts, id, got, want)
		}
		l.paused[id] = got
		l.pausesHeld++
	}
}
