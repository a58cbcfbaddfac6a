package worker

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner"
	"invd/engine/refresh"
)

// An attempt is one worker's hold on one key, from pop to report. It ends within
// the client's timeout, so the hold cannot be lost.
type attempt struct {
	*Pool
	id      refresh.ID
	task    refresh.Task
	sent    time.Time
	permits []uint64 // the first pays for the attempt, the others for retries within it
}

type attemptKey struct{}

// Permit spends one more request on an attempt whose connection failed before
// any answer, if the budget has one free right now. It is partner.Options.Permit;
// ctx is the one that Fetch got.
func Permit(ctx context.Context) bool {
	a, ok := ctx.Value(attemptKey{}).(*attempt)
	if !ok {
		return false
	}
	now := time.Now()
	if n, _ := a.Gate.Allow(now); n < 2 { // held, or a probe: one request is all there is
		return false
	}
	permit, n, _ := a.Budget.TryTake(1, 0, now)
	if n == 0 {
		return false
	}
	a.permits = append(a.permits, permit)
	if err := a.Store.Begin([]refresh.Start{{Permit: permit, At: now}}, 0); err != nil {
		return false
	}
	a.Observer.Requested(1)
	return true
}

func (a *attempt) run(ctx context.Context) {
	a.sent = time.Now()
	answer, err := a.Fetcher.Fetch(context.WithValue(ctx, attemptKey{}, a), a.task.Key)
	now := time.Now()
	for _, permit := range a.permits {
		a.Budget.Done(permit, now)
	}
	end := refresh.End{Job: a.task.Job, Permit: a.permits[0], At: now, State: refresh.Done}
	var r refresh.Result
	if err == nil {
		a.throttle.Answered(a.sent, now, a.Busy())
		r, err = a.sync(ctx, answer, end)
	}
	if err != nil {
		r = a.fail(ctx, err, end)
	} else {
		a.Gate.Success(now)
	}
	for _, permit := range a.permits[1:] {
		if err := a.Store.Finish(refresh.End{Permit: permit, At: now}); err != nil {
			r.Lost = true
		}
	}
	if r.End.State.Final() && !r.Lost {
		a.Observer.Finished(a.task.Schedule, r.End.Outcome)
	}
	r.ID = a.id
	a.Report(r)
}

// sync brings an answer into the store: by its hash alone when the partner said
// the very same before, else decoded and compared.
func (a *attempt) sync(ctx context.Context, answer partner.Answer, end refresh.End) (refresh.Result, error) {
	began := time.Now()
	k, hash := a.task.Key, partner.BodyHash(answer.Body)
	r := refresh.Result{End: end, Checked: answer.CheckedAt, Answered: true}
	before, _, _ := a.Store.DayState(k)
	same, err := a.Store.Confirm(k, hash, answer.RequestedAt, answer.CheckedAt, end)
	if err != nil {
		return r, err
	}
	if same {
		r.End.Outcome, r.Day = refresh.Unchanged, before
		a.guard.seen(a.Pool, before, before, end.At)
		err := a.show()
		a.Observer.Rows(0, 0, 0, a.Store.SlotCount(k))
		a.Observer.Synced(time.Since(began))
		return r, err
	}
	av, notes, err := partner.Decode(k, answer.Body)
	if err != nil {
		return r, err
	}
	if n := notes.Total(); n > 0 {
		a.Observer.Tolerated(n)
		a.Log.LogAttrs(ctx, slog.LevelDebug, "odd payload", slog.Any("key", k), slog.Any("notes", notes))
	}
	av.RequestedAt, av.CheckedAt = answer.RequestedAt, answer.CheckedAt
	if !a.guard.seen(a.Pool, before, av.State(), end.At) {
		r.End.Outcome, r.Checked = refresh.Held, time.Time{}
		return r, a.Store.Finish(r.End)
	}
	synced, err := a.Store.Sync(&av, hash, end)
	if err != nil {
		return r, err
	}
	if synced.Outcome == refresh.Unchanged {
		if err := a.show(); err != nil {
			return r, err
		}
	}
	a.Observer.Rows(synced.Added, synced.Changed, synced.Removed, synced.Unchanged)
	a.Observer.Synced(time.Since(began))
	r.End.Outcome = synced.Outcome
	r.Slots = refresh.Slots{
		Total: len(av.Slots), Added: synced.Added, Removed: synced.Removed,
		Recounted: synced.Recounted, Repriced: synced.Repriced, Last: last(av.Slots),
	}
	if r.Day = av.State(); synced.Outcome == refresh.Stale {
		r.Day, r.Checked = inventory.Unknown, time.Time{}
	}
	return r, nil
}

// last returns the minute of the day at which the last slot starts, 0 when there is
// none or it does not say.
func last(slots []inventory.Slot) int {
	if len(slots) == 0 {
		return 0
	}
	return max(0, int(slots[len(slots)-1].Start))
}

// show has a confirmation written at once when somebody waits for it. Others wait
// for company, two seconds at most.
func (a *attempt) show() error {
	if !a.task.Urgent {
		return nil
	}
	return a.Store.Flush()
}

// fail decides what a failed attempt means for its job and for the source.
func (a *attempt) fail(ctx context.Context, err error, end refresh.End) refresh.Result {
	v := a.classify(err, end.At)
	end.State, end.Outcome, end.RetryAt, end.Error = v.state, v.outcome, v.retryAt, err.Error()
	r := refresh.Result{End: end, NotFound: v.notFound, Lost: v.lost}
	level := slog.LevelDebug // each attempt is in the metrics
	switch {
	case v.notFound && !a.unknown.due(a.task.Key.Product, end.At):
	case end.State == refresh.Dead:
		level = slog.LevelWarn
	case end.State == refresh.Retrying:
		a.Observer.Retried(v.reason)
	}
	a.Log.LogAttrs(ctx, level, "fetch failed", slog.Any("key", a.task.Key), slog.Uint64("job", a.task.Job),
		slog.String("reason", v.reason), slog.String("job_state", end.State.String()), slog.Int("attempt", a.task.Attempts+1), slog.Any("err", err))
	if r.Lost {
		return r
	}
	if err := a.Store.Finish(end); err != nil {
		r.Lost = true
		_ = a.storeFailed(context.WithoutCancel(ctx), err) // a broken store ends the daemon through Store.Broken
	}
	return r
}

// A verdict is what a failure means.
type verdict struct {
	reason   string
	state    refresh.State
	outcome  refresh.Outcome
	retryAt  time.Time
	notFound bool
	lost     bool
}

// classify turns an attempt's error into a verdict, and tells the gate.
func (a *attempt) classify(err error, now time.Time) verdict {
	var pe *partner.Error
	if !errors.As(err, &pe) { // the store's
		a.Gate.Released()
		_ = a.storeFailed(context.Background(), err)
		return verdict{reason: "store", state: refresh.Pending, lost: true}
	}
	back := verdict{reason: pe.Kind.String(), state: refresh.Pending} // not charged
	switch pe.Kind {
	case partner.Canceled:
		a.Gate.Released()
		return back
	case partner.Throttled:
		if pe.Status != http.StatusServiceUnavailable {
			a.Budget.Refused(a.permits[len(a.permits)-1], now)
		}
		until := now.Add(pe.Wait)
		a.Gate.Hold(until, pe.Error())
		a.Observer.Blocked("throttled")
		a.Log.LogAttrs(context.Background(), slog.LevelWarn, "partner asked for a break", slog.Time("until", until), slog.Int("status", pe.Status))
		if err := a.Store.PutHold(until, pe.Error()); err != nil {
			_ = a.storeFailed(context.Background(), err)
		}
		return back
	case partner.Unauthorized:
		a.Gate.Unauthorized(now, pe.Error())
		a.Observer.Blocked("unauthorized")
		a.Log.LogAttrs(context.Background(), slog.LevelError, "partner refuses the API key", slog.Int("status", pe.Status))
		return back
	}
	switch {
	case pe.Kind.Breaks():
		a.throttle.Failed(a.sent, now)
		if a.Gate.Failure(now, pe.Error()) {
			a.Observer.Blocked("breaker")
			a.Log.LogAttrs(context.Background(), slog.LevelWarn, "partner fails, circuit broken", slog.Any("err", pe))
		}
	case pe.Kind == partner.NotFound:
		a.Gate.Alive(now)
		return verdict{reason: pe.Kind.String(), state: refresh.Dead, outcome: refresh.Failed, notFound: true}
	default: // an answer, if a useless one
		a.Gate.Alive(now)
	}
	if a.task.Attempts+1 >= a.MaxAttempts {
		return verdict{reason: pe.Kind.String(), state: refresh.Dead, outcome: refresh.Failed}
	}
	wait := a.Retry.Wait(a.task.Attempts+1, a.Random)
	return verdict{reason: pe.Kind.String(), state: refresh.Retrying, retryAt: now.Add(wait)}
}
