package timers

import (
	"time"

	"github.com/RussellLuo/timingwheel"
	"github.com/antlabs/timer"
	"github.com/zeromicro/go-zero/core/collection"
)

// russellLuo is a hierarchical wheel after Kafka's.
type russellLuo struct {
	sink   func(id uint32)
	wheel  *timingwheel.TimingWheel
	timers []*timingwheel.Timer
}

func newRussellLuo(o Options) Timers {
	t := &russellLuo{o.Sink, timingwheel.NewTimingWheel(time.Millisecond, 64), make([]*timingwheel.Timer, o.IDs)}
	t.wheel.Start()
	return t
}

func (t *russellLuo) Schedule(id uint32, _, in time.Duration) {
	t.timers[id] = t.wheel.AfterFunc(in, func() { t.sink(id) })
}

func (t *russellLuo) Rearm(id uint32, at, in time.Duration) {
	t.Cancel(id)
	t.Schedule(id, at, in)
}

func (t *russellLuo) Cancel(id uint32) { t.timers[id].Stop() }
func (t *russellLuo) Close()           { t.wheel.Stop() }

// antlabs is a hierarchical wheel after Linux's before 2016.
type antlabs struct {
	sink   func(id uint32)
	wheel  timer.Timer
	timers []timer.TimeNoder
}

func newAntlabs(o Options) Timers {
	t := &antlabs{o.Sink, timer.NewTimer(timer.WithTimeWheel()), make([]timer.TimeNoder, o.IDs)}
	go t.wheel.Run()
	return t
}

func (t *antlabs) Schedule(id uint32, _, in time.Duration) {
	t.timers[id] = t.wheel.AfterFunc(in, func() { t.sink(id) })
}

func (t *antlabs) Rearm(id uint32, at, in time.Duration) {
	t.Cancel(id)
	t.Schedule(id, at, in)
}

func (t *antlabs) Cancel(id uint32) { t.timers[id].Stop() }
func (t *antlabs) Close()           { t.wheel.Stop() }

// goZero is a wheel of one level, with rounds, keyed by anything.
type goZero struct{ wheel *collection.TimingWheel }

func newGoZero(o Options) Timers {
	wheel, err := collection.NewTimingWheel(10*time.Millisecond, 4096, func(key, _ any) {
		o.Sink(key.(uint32))
	})
	if err != nil {
		panic(err) // of the arguments above
	}
	return goZero{wheel}
}

// The errors are those of a closed wheel and of a deadline that is not ahead, for
// which a tick ahead stands in.
func (t goZero) Schedule(id uint32, _, in time.Duration) {
	_ = t.wheel.SetTimer(id, nil, max(in, 1))
}

// Rearm is not MoveTimer, which does nothing to a timer that has fired.
func (t goZero) Rearm(id uint32, at, in time.Duration) { t.Schedule(id, at, in) }
func (t goZero) Cancel(id uint32)                      { _ = t.wheel.RemoveTimer(id) }
func (t goZero) Close()                                { t.wheel.Stop() }
