package scheduler

import (
	"errors"
	"testing"
	"time"

	"invd/engine/refresh"
	"invd/engine/report"
)

// fetched has workers answer everything that is queued.
func (b *bench) fetched() (n int) {
	for {
		b.work(100)
		if len(b.running) == 0 {
			return n
		}
		for _, id := range b.running {
			r := refresh.Result{ID: id, Checked: b.now, Answered: true, End: refresh.End{Job: b.Task(id).Job, At: b.now, State: refresh.Done, Outcome: refresh.Unchanged}}
			b.store(&r, b.Task(id).Key)
			b.settle(r, b.now)
			n++
		}
		b.running = nil
	}
}

var evening = time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC)

func TestATriggeredScheduleQueuesItsKeysInItsOwnBand(t *testing.T) {
	b := newBench(t, t.TempDir(), evening, 1)
	b.fetched()
	b.now = b.now.Add(time.Second)
	waiting := b.products[1].ids[2]
	b.refresh([]refresh.ID{waiting}, b.now, &report.Refreshed{})
	week := refresh.Scope{Schedule: "week"}
	var got report.Triggered
	if err := b.trigger(b.scoped(week), b.now, &got); err != nil || got.Queued != 11 || got.Waiting != 1 {
		t.Errorf("trigger = %+v, %v; want 11 of 12 keys queued and one waiting", got, err)
	}
	for _, id := range b.scoped(week) {
		want := b.Catalogue.Rules.Band(1)
		if id == waiting {
			want = 0
		}
		if band, ok := b.Queue.Band(id); !ok || band != want {
			t.Errorf("key %v is in band %d (%v), want %d", b.keys[id].key, band, ok, want)
		}
	}
	got = report.Triggered{}
	if err := b.trigger(b.scoped(week), b.now, &got); err != nil || got.Queued != 0 || got.Waiting != 12 {
		t.Errorf("triggered again = %+v, %v; want all 12 left as they are", got, err)
	}
	b.check()
	if n := b.fetched(); n != 12 {
		t.Errorf("%d fetches, want one for each key", n)
	}
}

func TestATriggerOfWhatIsPausedIsRefused(t *testing.T) {
	b := newBench(t, t.TempDir(), evening, 1)
	b.fetched()
	if err := b.pause(refresh.Scope{Product: 14}, refresh.Pause{Since: b.now, Reason: "price list"}, b.now); err != nil {
		t.Fatal(err)
	}
	var got report.Triggered
	if err := b.trigger(b.scoped(refresh.Scope{Schedule: "week"}), b.now, &got); err != nil || got.Queued != 8 || len(got.Refused) != 1 || got.Refused[0].Count != 4 {
		t.Errorf("trigger with one of three products paused = %+v, %v; want 8 queued and 4 refused", got, err)
	}
	b.fetched()
	if err := b.pause(refresh.Scope{Schedule: "week"}, refresh.Pause{Since: b.now}, b.now); err != nil {
		t.Fatal(err)
	}
	refused := new(report.RefusedError)
	if err := b.trigger(b.scoped(refresh.Scope{Schedule: "week"}), b.now, &got); !errors.As(err, &refused) {
		t.Errorf("trigger of a paused schedule = %v, want it refused", err)
	}
	b.check()
}

// die ends a key's queued job for good.
func (b *bench) die(id refresh.ID) refresh.Job {
	b.t.Helper()
	b.refresh([]refresh.ID{id}, b.now, &report.Refreshed{})
	job := b.keys[id].job
	b.work(1)
	r := refresh.Result{ID: id, End: refresh.End{Job: job, At: b.now, State: refresh.Dead, Outcome: refresh.Failed, Error: "no answer"}}
	b.running = nil
	b.store(&r, b.keys[id].key)
	b.settle(r, b.now)
	j, err := b.Store.Job(job)
	if err != nil || j.State != refresh.Dead {
		b.t.Fatalf("job %d is %+v, %v; want it dead", job, j, err)
	}
	return j
}

func TestARetriedJobRunsAgainUnderItsId(t *testing.T) {
	for _, urgent := range []bool{true, false} {
		b := newBench(t, t.TempDir(), evening, 1)
		b.fetched()
		id := b.products[0].ids[3]
		first := b.die(id)
		b.now = b.now.Add(time.Second)
		second := b.die(id)
		b.now = b.now.Add(time.Second)
		var got report.Retried
		if err := b.retry([]refresh.Job{second, first}, urgent, b.now, &got); err != nil || got.Queued != 1 {
			t.Fatalf("retry of two dead jobs of one date = %+v, %v; want one queued", got, err)
		}
		want := b.Catalogue.Rules.Band(1)
		if urgent {
			want = 0
		}
		if band, ok := b.Queue.Band(id); !ok || band != want || b.keys[id].job != second.ID {
			t.Errorf("urgent %v: job %d in band %d (%v), want job %d in band %d", urgent, b.keys[id].job, band, ok, second.ID, want)
		}
		b.check()
		b.fetched()
		if j, err := b.Store.Job(second.ID); err != nil || j.State != refresh.Done || j.Attempts != 1 {
			t.Errorf("the retried job is %+v, %v; want it done after one attempt", j, err)
		}
		b.check()
	}
}

func TestARetryCutsABackoffShort(t *testing.T) {
	b := newBench(t, t.TempDir(), evening, 1)
	b.fetched()
	id := b.products[0].ids[3]
	b.refresh([]refresh.ID{id}, b.now, &report.Refreshed{})
	b.work(1)
	b.running = nil
	r := refresh.Result{ID: id, End: refresh.End{Job: b.keys[id].job, At: b.now, State: refresh.Retrying, RetryAt: b.now.Add(time.Hour)}}
	b.store(&r, b.keys[id].key)
	b.settle(r, b.now)
	j, err := b.Store.Job(r.End.Job)
	if err != nil {
		t.Fatal(err)
	}
	var got report.Retried
	if err := b.retry([]refresh.Job{j}, false, b.now, &got); err != nil || got.Queued != 1 {
		t.Errorf("retry = %+v, %v; want one queued", got, err)
	}
	if _, ok := b.Queue.Band(id); !ok || b.keys[id].job != j.ID {
		t.Errorf("key is %+v, want it queued with job %d", b.keys[id], j.ID)
	}
	b.check()
}

// retryAll retries what is dead or waits for another attempt.
func (b *bench) retryAll() {
	b.t.Helper()
	jobs, err := b.Store.Jobs(report.JobFilter{States: []refresh.State{refresh.Dead, refresh.Retrying}, Limit: 20})
	if err != nil {
		b.t.Fatal(err)
	}
	_ = b.retry(jobs, b.random.IntN(2) == 0, b.now, &report.Retried{}) // refused while paused
}
