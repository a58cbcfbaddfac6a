package partner

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"invd/engine/inventory"
)

func seeds(tb testing.TB) (bodies [][]byte) {
	tb.Helper()
	files, err := filepath.Glob("../../testdata/partner/*.json")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no payloads: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}

var tuesday = inventory.Key{Product: 14, Date: 20172} // 2025-03-25, the date of the payloads

// What holds of every answer that is accepted, and of every one that is not.
func FuzzDecode(f *testing.F) {
	for _, body := range seeds(f) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		given := slices.Clone(body)
		a, notes, err := Decode(tuesday, body)
		if !slices.Equal(body, given) {
			t.Fatal("Decode wrote to the body")
		}
		if err != nil {
			var failure *Error
			if !errors.As(err, &failure) || failure.Kind != BadPayload && failure.Kind != TooLarge {
				t.Errorf("error %v is not a payload's", err)
			}
			if len(err.Error()) > 400 || !utf8.ValidString(err.Error()) {
				t.Errorf("error is %d bytes: %q", len(err.Error()), err)
			}
			return
		}
		text := slices.Clone(jsontext.Value(trimmed(body)))
		if !text.IsValid() || text.Kind() != '[' {
			t.Errorf("accepted what is no JSON array: %q", body)
		}
		var elements []jsontext.Value
		if err := json.Unmarshal(text, &elements); err != nil {
			t.Errorf("accepted what the library refuses: %v", err)
		}
		if (len(a.Slots) == 0) != (len(elements) == 0) {
			t.Errorf("%d slots of %d elements", len(a.Slots), len(elements))
		}
		if lost := notes.WrongDate + notes.Quarantined; len(a.Slots)+lost > len(elements) {
			t.Errorf("%d slots kept and %d lost of %d", len(a.Slots), lost, len(elements))
		}
		for i := range body {
			body[i] = 'x'
		}
		check(t, a)
		if again, _, _ := Decode(tuesday, given); !reflect.DeepEqual(a, again) {
			t.Errorf("Decode kept part of the body, or is not pure: %+v, then %+v", a, again)
		}
	})
}

func trimmed(body []byte) []byte {
	if len(body) >= 3 && string(body[:3]) == "\ufeff" {
		return body[3:]
	}
	return body
}

func check(t *testing.T, a inventory.Availability) {
	t.Helper()
	if a.Key != tuesday || !a.RequestedAt.IsZero() || !a.CheckedAt.IsZero() {
		t.Errorf("key %v, times %v and %v; want %v and none", a.Key, a.RequestedAt, a.CheckedAt, tuesday)
	}
	sorted := inventory.Availability{Slots: slices.Clone(a.Slots)}
	if sorted.Sort(); !reflect.DeepEqual(a.Slots, sorted.Slots) {
		t.Error("slots are not sorted")
	}
	text := func(s string, limit int) {
		if len(s) > limit || !utf8.ValidString(s) || slices.ContainsFunc([]rune(s), isControl) {
			t.Errorf("text %.50q of %d bytes: too long, not UTF-8 or with control characters", s, len(s))
		}
	}
	places := func(n int64) {
		if n < 0 || n > inventory.MaxRemaining {
			t.Errorf("%d places", n)
		}
	}
	for i := range a.Slots {
		s := &a.Slots[i]
		if i > 0 && sameStart(s, &a.Slots[i-1]) {
			t.Errorf("slots %d and %d are one", i-1, i)
		}
		if s.Start < 0 || s.Start >= 24*60 || s.End < inventory.NoClock || s.End >= 24*60 {
			t.Errorf("slot from %d to %d", s.Start, s.End)
		}
		text(s.Variant, maxWord)
		text(s.SourceID, maxWord)
		places(s.Remaining)
		for j, p := range s.Pax {
			if p.Type == "" || hasType(s.Pax[:j], p.Type) {
				t.Errorf("pax %d is %q", j, p.Type)
			}
			text(p.Type, maxWord)
			text(p.Name, maxWord)
			text(p.Description, maxProse)
			places(p.Remaining)
			places(p.Min)
			if p.Max != inventory.NoLimit {
				places(p.Max)
			}
			if p.Price != nil && (p.Price.Currency == "" || p.Price.Final.IsNegative() || p.Price.Original.IsNegative()) {
				t.Errorf("price %+v", *p.Price)
			}
		}
	}
}

// #31: the same slots in another order are the same availability.
func TestDecodeDoesNotDependOnTheOrderOfSlots(t *testing.T) {
	const seed = 5
	random := rand.New(rand.NewPCG(seed, seed))
	for i, body := range seeds(t) {
		want, _, err := Decode(tuesday, body)
		if err != nil || len(want.Slots) == 0 {
			continue
		}
		var elements []jsontext.Value
		if err := json.Unmarshal(trimmed(body), &elements); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			random.Shuffle(len(elements), func(i, j int) { elements[i], elements[j] = elements[j], elements[i] })
			shuffled, err := json.Marshal(elements)
			if err != nil {
				t.Fatal(err)
			}
			if got, _, err := Decode(tuesday, shuffled); err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("payload %d shuffled (seed %d) = %+v, %v; want %+v", i, seed, got, err, want)
			}
		}
	}
}

// The hash of a body is stored: a change of it makes every date be decoded anew,
// which is meant only when decoderVersion goes up.
func TestBodyHashIsSeededWithTheDecoderVersion(t *testing.T) {
	const want = 0x135b3ee4339437cc
	if got := BodyHash([]byte(`[]`)); got != want {
		t.Errorf("BodyHash([]) = %#x, want %#x", got, uint64(want))
	}
	if BodyHash([]byte(`[]`)) == BodyHash([]byte(`[ ]`)) {
		t.Error("two bodies have one hash")
	}
}
