package timers

import "time"

// afterFunc is the runtime's timers.
type afterFunc struct {
	sink   func(id uint32)
	timers []*time.Timer
}

func newAfterFunc(o Options) Timers {
	return &afterFunc{sink: o.Sink, timers: make([]*time.Timer, o.IDs)}
}

func (t *afterFunc) Schedule(id uint32, _, in time.Duration) {
	t.timers[id] = time.AfterFunc(in, func() { t.sink(id) })
}

func (t *afterFunc) Rearm(id uint32, _, in time.Duration) { t.timers[id].Reset(in) }
func (t *afterFunc) Cancel(id uint32)                     { t.timers[id].Stop() }

func (t *afterFunc) Close() {
	for _, timer := range t.timers {
		if timer != nil {
			timer.Stop()
		}
	}
}
