package wheel

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
	"time"
)

// run performs a program of bytes on a wheel and its twin.
func run(t testing.TB, tick time.Duration, ids int, program []byte) {
	p := newPair(t, tick)
	read := func() (b byte) {
		if len(program) > 0 {
			b, program = program[0], program[1:]
		}
		return b
	}
	// somewhere is a duration of any magnitude, often close to a power of two.
	somewhere := func(maxBits byte) time.Duration {
		high := time.Duration(read()) << (read() % maxBits)
		return max(high, 0) + time.Duration(int8(read()))*max(tick/4, 1)
	}
	id := func() key { return key(int(read())<<8|int(read())) % key(ids) }
	now := time.Duration(0)
	later := func(d time.Duration) time.Duration {
		if d > math.MaxInt64-now {
			return math.MaxInt64
		}
		return now + d
	}
	tickBits := byte(bits.Len64(uint64(tick)))
	for step := 0; len(program) > 0; step++ {
		op := read()
		next, _ := p.wheel.Next()
		switch op % 16 {
		case 0, 1, 2, 3:
			p.schedule(id(), later(somewhere(55)))
		case 4:
			p.schedule(id(), later(somewhere(min(tickBits+10, 55))))
		case 5:
			p.schedule(id(), next)
		case 6:
			p.cancel(id())
		case 7:
			p.at(id())
		case 8, 9, 10:
			now = max(now, next)
			p.drain(now, 1+int(read()%8))
		case 11, 12:
			now = max(now, next)
			p.advance(now, int(read()%8))
		case 13:
			now = max(now, later(somewhere(min(tickBits+10, 55))))
			p.drain(now, 1+int(read()))
		case 14:
			now = max(now, later(somewhere(min(tickBits+20, 55))))
			p.advance(now, int(read()%8))
		case 15:
			p.drain(now-somewhere(40), 3)
			p.wheel.Grow(int(read()))
		}
		p.agree()
		if step%32 == 0 {
			checkStructure(t, p.wheel)
		}
	}
	p.drain(math.MaxInt64, 100)
	checkStructure(t, p.wheel)
	for id, tick := range p.twin.due {
		if tick != p.twin.end {
			t.Fatalf("%d of tick %d is lost", id, tick)
		}
	}
}

func TestWheelBehavesLikeItsTwin(t *testing.T) {
	const seeds, length = 220, 18_000 // about 4,000 steps each
	idCounts := []int{1, 5, 40, 250}
	for seed := range seeds {
		tick := time.Duration(1) << (seed % 44)
		ids := idCounts[seed/44%len(idCounts)]
		t.Run(fmt.Sprintf("seed=%d/tick=%v/ids=%d", seed, tick, ids), func(t *testing.T) {
			t.Parallel()
			rng := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
			program := make([]byte, length)
			if _, err := rng.Read(program); err != nil {
				t.Fatal(err)
			}
			run(t, tick, ids, program)
		})
	}
}

// FuzzWheel has for its corpus the shortest inputs that told apart a wheel with the
// fault that the file is named after.
func FuzzWheel(f *testing.F) {
	f.Fuzz(func(t *testing.T, shift, ids uint8, program []byte) {
		run(t, time.Duration(1)<<(shift%61), 1+int(ids), program)
	})
}
