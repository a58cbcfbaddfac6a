package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/partner"
	"invd/engine/refresh"
	"invd/engine/worker"
	"invd/storage"
)

// A rival is a queue of one key that, while it is popped, spends a permit as a retry
// within another attempt would, if the budget has one left.
type rival struct {
	budget *limit.Budget
	popped bool
	spent  int
}

func (q *rival) Wait(ctx context.Context) error {
	if q.popped {
		<-ctx.Done()
	}
	return ctx.Err()
}

func (q *rival) Depth(int) int { return 0 }

func (q *rival) TryPop() (refresh.ID, int, bool) {
	if q.popped {
		return 0, 0, false
	}
	q.popped = true
	_, q.spent, _ = q.budget.TryTake(1, 0, time.Now())
	return 1, 0, true
}

type unreachable struct{}

func (unreachable) Fetch(context.Context, inventory.Key) (partner.Answer, error) {
	return partner.Answer{}, &partner.Error{Kind: partner.Transport, Msg: "refused"}
}

type silent struct{}

func (silent) Requested(int)                    {}
func (silent) Waited(time.Duration)             {}
func (silent) Rows(int, int, int, int)          {}
func (silent) Synced(time.Duration)             {}
func (silent) Finished(string, refresh.Outcome) {}
func (silent) Retried(string)                   {}
func (silent) Blocked(string)                   {}
func (silent) Tolerated(int)                    {}

// With one permit left, the dispatcher has it before it pops: a retry that comes in
// between gets none, and what is popped is paid for.
func TestAPermitIsTakenBeforeTheJob(t *testing.T) {
	store, err := storage.Open(t.TempDir(), storage.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }() // nothing of it is asked for any more
	job := refresh.Job{Key: inventory.Key{Product: 14, Date: 20_000}, State: refresh.Pending, Created: time.Now()}
	jobs := []refresh.Job{job}
	if err := store.CreateJobs(jobs); err != nil {
		t.Fatal(err)
	}
	budget := limit.NewBudget([]limit.Limit{{Requests: 1, Per: time.Minute}}, nil, time.Now())
	queue := &rival{budget: budget}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var reported []refresh.Result
	pool := worker.New(worker.Options{
		Queue: queue, Task: func(refresh.ID) refresh.Task { return refresh.Task{Key: job.Key, Job: jobs[0].ID} },
		Report: func(r refresh.Result) {
			reported = append(reported, r)
			cancel()
		},
		Budget: budget, Gate: limit.NewGate(func(int64) int64 { return 0 }), Fetcher: unreachable{}, Store: store,
		Concurrency: 4, MaxAttempts: 4, Drain: time.Second, Random: func(int64) int64 { return 0 }, Observer: silent{}, Log: slog.New(slog.DiscardHandler),
	})
	if err := pool.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if queue.spent != 0 {
		t.Errorf("a retry got %d permits while the last one was the dispatcher's, want none", queue.spent)
	}
	if len(reported) != 1 || reported[0].End.State != refresh.Retrying {
		t.Errorf("reported %+v, want one attempt that is to be retried", reported)
	}
	if used := budget.Usage(time.Now())[0].Used; used != 1 {
		t.Errorf("%d permits used, want 1", used)
	}
}
