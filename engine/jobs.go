package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// Jobs lists jobs, the newest first.
func (e *Engine) Jobs(_ context.Context, f report.JobFilter) ([]report.Job, error) {
	jobs, err := e.Store.Jobs(f)
	rows := make([]report.Job, len(jobs))
	for i, j := range jobs {
		rows[i] = report.NewJob(j)
	}
	return rows, err
}

// Job returns one job, or inventory.ErrNotFound.
func (e *Engine) Job(_ context.Context, id uint64) (report.Job, error) {
	j, err := e.Store.Job(id)
	return report.NewJob(j), err
}

// RetryJob has a dead or waiting job done before everything else, its attempts
// anew.
func (e *Engine) RetryJob(ctx context.Context, id uint64, _ string) (report.Retried, error) {
	j, err := e.Store.Job(id)
	if err != nil {
		return report.Retried{}, err
	}
	switch j.State {
	case refresh.Running:
		return report.Retried{}, &report.RefusedError{Reason: fmt.Sprintf("job %d is being done", id)}
	case refresh.Done, refresh.Canceled:
		return report.Retried{}, &report.RefusedError{Reason: fmt.Sprintf("job %d is %s: refresh its product to fetch the date again", id, j.State)}
	}
	return e.scheduler.Retry(ctx, []refresh.Job{j}, true)
}

// retryPage is how many jobs are looked at before others may use the store.
const retryPage = 1000

// RetryJobs has the jobs that a filter chooses done now, each in the band of its
// schedule: dead ones, unless the filter names states. Of each key only the newest job counts, and none
// when it was answered since. The filter's limit does not count.
func (e *Engine) RetryJobs(ctx context.Context, f report.JobFilter, _ string) (report.Retried, error) {
	if len(f.States) == 0 {
		f.States = []refresh.State{refresh.Dead}
	}
	for _, state := range f.States {
		if state != refresh.Dead && state != refresh.Retrying {
			return report.Retried{}, &report.RefusedError{Reason: fmt.Sprintf("jobs that are %s are not retried: only those that are dead or retrying", state)}
		}
	}
	chosen := map[inventory.Key]refresh.Job{}
	for f.Limit, f.Before = retryPage, 0; ; {
		page, err := e.Store.Jobs(f)
		if err != nil {
			return report.Retried{}, err
		}
		for _, j := range page {
			if _, newer := chosen[j.Key]; !newer && !e.answeredSince(&j) {
				chosen[j.Key] = j
			}
		}
		if len(page) < retryPage {
			break
		}
		f.Before = page[len(page)-1].ID
	}
	jobs := make([]refresh.Job, 0, len(chosen))
	for _, j := range chosen {
		jobs = append(jobs, j)
	}
	slices.SortFunc(jobs, func(a, b refresh.Job) int { // the nearest dates first
		return cmp.Or(cmp.Compare(a.Key.Date, b.Key.Date), cmp.Compare(a.Key.Product, b.Key.Product))
	})
	return e.scheduler.Retry(ctx, jobs, false)
}

// answeredSince reports whether a dead job's key has an answer that is younger.
func (e *Engine) answeredSince(j *refresh.Job) bool {
	_, _, checked := e.Store.DayState(j.Key)
	return j.State == refresh.Dead && checked.After(j.Finished)
}

// PurgeJobs deletes finished jobs from the history.
func (e *Engine) PurgeJobs(_ context.Context, p report.JobPurge, _ string) (report.Purged, error) {
	if len(p.States) == 0 {
		p.States = []refresh.State{refresh.Done, refresh.Dead, refresh.Canceled}
	}
	for _, state := range p.States {
		if !state.Final() {
			return report.Purged{}, &report.RefusedError{Reason: fmt.Sprintf("jobs that are %s are unfinished and stay", state)}
		}
	}
	n, err := e.Store.PurgeJobs(p.States, p.Product, time.Now().Add(-p.Age))
	return report.Purged{Purged: n}, err
}
