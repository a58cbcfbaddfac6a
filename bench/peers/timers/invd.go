package timers

import "invd/engine/wheel"

func newWheel(ids int) *wheel.Wheel[uint32] {
	w := wheel.New[uint32](wheel.DefaultTick)
	w.Grow(ids)
	return w
}
