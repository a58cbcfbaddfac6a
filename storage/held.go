package storage

import (
	"sync"

	"invd/engine/refresh"
)

// maxHeld bounds the confirmations in memory. Beyond it a caller waits for a
// commit, like every other writer.
const maxHeld = 4096

// A holding is what waits for the next commit without anyone waiting for it.
type holding struct {
	jobs          []refresh.Job
	unwaited      []func(*txn) error // what a full disk kept out
	confirmations []confirmation
	repairs       []repair
}

func (h holding) empty() bool {
	return len(h.jobs)+len(h.unwaited)+len(h.confirmations)+len(h.repairs) == 0
}

// A holder collects jobs, confirmations and repairs for the committer.
type holder struct {
	created chan struct{} // has one element when the first job of a holding came in
	arrived chan struct{} // likewise for the first of anything else

	mu     sync.Mutex
	next   holding
	closed bool
}

func newHolder() *holder {
	return &holder{created: make(chan struct{}, 1), arrived: make(chan struct{}, 1)}
}

// addJobs takes jobs. It is false when there is no room before a commit.
func (h *holder) addJobs(jobs []refresh.Job) (ok bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false, ErrClosed
	}
	if len(h.next.jobs) > 0 && len(h.next.jobs)+len(jobs) > maxHeld {
		return false, nil
	}
	if len(h.next.jobs) == 0 {
		signal(h.created)
	}
	h.next.jobs = append(h.next.jobs, jobs...)
	return true, nil
}

// jobs returns how many jobs wait.
func (h *holder) jobs() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.next.jobs)
}

// add takes a confirmation. It is false when there is no room before a commit.
func (h *holder) add(c confirmation) (ok bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false, ErrClosed
	}
	if len(h.next.confirmations) >= maxHeld {
		return false, nil
	}
	h.next.confirmations = append(h.next.confirmations, c)
	h.signal()
	return true, nil
}

// addUnwaited takes what goes with whatever is committed next, before it.
func (h *holder) addUnwaited(apply func(*txn) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.next.unwaited = append(h.next.unwaited, apply)
	}
}

// addRepair takes a repair; one that comes too late is found again after the
// next start.
func (h *holder) addRepair(r repair) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.next.repairs = append(h.next.repairs, r)
		h.signal()
	}
}

func (h *holder) signal() {
	if len(h.next.confirmations)+len(h.next.repairs) == 1 {
		signal(h.arrived)
	}
}

func signal(ch chan<- struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// take hands over everything that waits.
func (h *holder) take() holding {
	h.mu.Lock()
	defer h.mu.Unlock()
	taken := h.next
	h.next = holding{confirmations: make([]confirmation, 0, len(taken.confirmations))} // as many are to be expected
	return taken
}

// putBack returns what could not be committed, ahead of what came since.
func (h *holder) putBack(taken holding) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next.jobs = append(taken.jobs, h.next.jobs...)
	h.next.unwaited = append(taken.unwaited, h.next.unwaited...)
	h.next.confirmations = append(taken.confirmations, h.next.confirmations...)
	h.next.repairs = append(taken.repairs, h.next.repairs...)
}

// close lets nothing more in.
func (h *holder) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
}
