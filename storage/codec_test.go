package storage

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

func mustEncode(t testing.TB, slots []inventory.Slot) []byte {
	t.Helper()
	b, err := encodeSlots(slots)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSlotsAreDecodedAsTheyWereEncoded(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 150 {
		slots := randomDay(r, inventory.Key{Product: 1, Date: 1}).Slots
		b := mustEncode(t, slots)
		got, ok := decodeSlots(b)
		if !ok {
			t.Fatalf("decodeSlots(%x) refuses what encodeSlots made of %+v", b, slots)
		}
		if diff := cmp.Diff(slots, got, sameSlots); diff != "" {
			t.Fatalf("slots differ (-want +got):\n%s", diff)
		}
		if n := countSlots(b); n != len(slots) {
			t.Fatalf("%d slots are counted as %d", len(slots), n)
		}
		if again := mustEncode(t, got); !bytes.Equal(again, b) {
			t.Fatalf("encoding is not canonical: %x, then %x", b, again)
		}
	}
}

func TestSlotsThatCouldNotBeReadBackAreRefused(t *testing.T) {
	k := inventory.Key{Product: 1, Date: 1}
	for name, spoil := range map[string]func(*inventory.Slot){
		"start before NoClock": func(s *inventory.Slot) { s.Start = -2 },
		"end after 23:59":      func(s *inventory.Slot) { s.End = 24 * 60 },
		"scale of 7":           func(s *inventory.Slot) { s.Pax[1].Price.Discount.Scale = 7 },
	} {
		a := night(k, 1, time.Unix(1, 0))
		spoil(&a.Slots[0])
		if _, err := encodeSlots(a.Slots); err == nil {
			t.Errorf("%s: encodeSlots gives no error", name)
		}
	}
}

func TestEveryCutAndEveryFlippedBitOfAValueIsNoticed(t *testing.T) {
	k := inventory.Key{Product: 14, Date: 20_000}
	key := dayKey(k)
	a := night(k, 7, time.Unix(1_700_000_000, 0))
	d := day{state: inventory.Open, revision: 1, slots: mustEncode(t, a.Slots)}
	value := d.encode(key)
	for n := range value {
		if _, ok := decodeDay(key, value[:n]); ok {
			t.Errorf("the first %d bytes of %d pass for a day", n, len(value))
		}
	}
	for bit := range 8 * (len(key) + len(value)) {
		both := append(bytes.Clone(key), value...)
		both[bit/8] ^= 1 << (bit % 8)
		if _, ok := decodeDay(both[:len(key)], both[len(key):]); ok {
			t.Errorf("with bit %d flipped it passes for a day", bit)
		}
	}
}

func FuzzDecodeRecord(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		f.Add(mustEncode(f, randomDay(r, inventory.Key{Product: 1, Date: 1}).Slots))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		// A payload whose checksum is right but which nobody encoded.
		key := idKey(1)
		sealed := seal(key, append(newValue(len(b)), b...))
		decodeDay(key, sealed)
		decodeCalendar(key, sealed)
		decodePermit(key, sealed)
		if j, ok := decodeJob(key, sealed); ok {
			if again, ok := decodeJob(key, encodeJob(key, &j)); !ok || !cmp.Equal(j, again) {
				t.Errorf("job %+v encoded and decoded is %+v, %v", j, again, ok)
			}
		}
		if slots, ok := decodeSlots(b); ok {
			encoded := mustEncode(t, slots)
			again, ok := decodeSlots(encoded)
			if !ok || !cmp.Equal(slots, again) {
				t.Errorf("slots %+v encoded and decoded are %+v, %v", slots, again, ok)
			}
		}
	})
}

func TestJobsAreDecodedAsTheyWereEncoded(t *testing.T) {
	at := time.Date(2026, 4, 9, 12, 0, 0, 123456789, time.UTC)
	jobs := []refresh.Job{
		{ID: 1, Key: inventory.Key{Product: 14, Date: 20_000}},
		{
			ID: 1<<63 + 5, Key: inventory.Key{Product: inventory.MaxProductID, Date: 1}, Schedule: "today",
			Trigger: refresh.Confirm, State: refresh.Canceled, Attempts: 300, Outcome: refresh.Dropped, Error: "timeout",
			Created: at, Started: at.Add(1), Finished: at.Add(2), RetryAt: at.Add(3),
		},
	}
	for _, want := range jobs {
		key := idKey(want.ID)
		got, ok := decodeJob(key, encodeJob(key, &want))
		if diff := cmp.Diff(want, got); !ok || diff != "" {
			t.Errorf("decodeJob gives %v and differs (-want +got):\n%s", ok, diff)
		}
	}
}
