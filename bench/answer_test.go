package bench

import (
	"encoding/binary"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"go.etcd.io/bbolt"

	"invd/engine/inventory"
	"invd/engine/partner"
	"invd/storage"
)

// BenchmarkUnchanged is what answers cost that change nothing, as most do, in a
// mirror of 27,000 dates. One operation is a round: 512 open dates, drawn anew, are
// answered in each of these ways in turn.
//
//   - hash: the body is the one confirmed last
//   - content: it is decoded, checked and compared
//   - decode: the first two of these three alone
//   - bare: the same library reads it into plain structs, and nothing else
//
// Their unit is ns an answer. commit-ns is what writing its confirmation
// costs the committer, some seconds later. Ratios are medians over the rounds.
func BenchmarkUnchanged(b *testing.B) {
	const inRound = 512
	var open sample
	s, _ := mirrorOf(b, 450, func(a answer) {
		if len(a.body) > len("[]") {
			open.show(a, 16*inRound)
		}
	})
	each := func(round []answer, do func(answer) error) time.Duration {
		began := time.Now()
		for _, a := range round {
			if err := do(a); err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(began)
	}
	flush := func(answer) error { return s.Flush() }
	var hash, content, bare, commit, byHash, byDecode, byContent, withCommit []float64
	for n := 0; b.Loop(); n++ {
		round := open.kept[n%16*inRound:][:inRound]
		h := each(round, func(a answer) error { return confirm(s, a) })
		f := each(round[:1], flush)
		c := each(round, func(a answer) error { return store(s, a) })
		g := each(round[:1], flush)
		d := each(round, decode)
		u := each(round, unmarshal)
		per := func(d time.Duration) float64 { return float64(d) / inRound }
		hash, content, bare = append(hash, per(h)), append(content, per(c)), append(bare, per(u))
		commit = append(commit, per(f))
		byHash = append(byHash, float64(c)/float64(h))
		withCommit = append(withCommit, float64(c+g)/float64(h+f))
		byDecode = append(byDecode, float64(d)/float64(u))
		byContent = append(byContent, float64(c)/float64(u))
	}
	b.ReportMetric(median(hash), "hash-ns")
	b.ReportMetric(median(content), "content-ns")
	b.ReportMetric(median(bare), "bare-ns")
	b.ReportMetric(median(commit), "commit-ns")
	b.ReportMetric(median(byHash), "content/hash")
	b.ReportMetric(median(withCommit), "content/hash,committed")
	b.ReportMetric(median(byDecode), "decode/bare")
	b.ReportMetric(median(byContent), "content/bare")
}

func decode(a answer) error {
	_, _, err := partner.Decode(a.key, a.body)
	return err
}

func unmarshal(a answer) error {
	var v []partnerSlot
	return json.Unmarshal(a.body, &v)
}

// TestADayTakesASixthOfItsAnswer sums over the 60 dates of 450 products: the records
// with their keys, and the bodies that they were made of. Closed dates, whose body has
// two bytes, are counted and left out.
func TestADayTakesASixthOfItsAnswer(t *testing.T) {
	answers := map[inventory.Key]int{}
	s, dir := mirrorOf(t, 450, func(a answer) { answers[a.key] = len(a.body) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(filepath.Join(dir, storage.FileName), 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var records, stored, read, closed int
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("days")).ForEach(func(key, value []byte) error {
			body := answers[inventory.Key{
				Product: inventory.ProductID(binary.BigEndian.Uint64(key)),
				Date:    inventory.Date(binary.BigEndian.Uint32(key[8:])),
			}]
			if body == len("[]") {
				closed++
				return nil
			}
			records++
			stored += len(key) + len(value)
			read += body
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if records+closed != len(answers) {
		t.Fatalf("%d records, want %d", records+closed, len(answers))
	}
	ratio := float64(stored) / float64(read)
	t.Logf("%d open dates: %d bytes a record, %d an answer: %.3f; %d are closed", records, stored/records, read/records, ratio, closed)
	if ratio > 1.0/6 {
		t.Errorf("a record takes %.3f of its answer, want a sixth at most", ratio)
	}
}

// partnerSlot has the members of an answer, into the plainest of types.
type partnerSlot struct {
	StartDate       string `json:"startDate"`
	StartTime       string `json:"startTime"`
	EndTime         string `json:"endTime"`
	ProviderSlotID  string `json:"providerSlotId"`
	Remaining       int64  `json:"remaining"`
	CurrencyCode    string `json:"currencyCode"`
	VariantID       int64  `json:"variantId"`
	PaxAvailability []struct {
		Max         int64  `json:"max"`
		Min         int64  `json:"min"`
		Remaining   int64  `json:"remaining"`
		Type        string `json:"type"`
		IsPrimary   bool   `json:"isPrimary"`
		Description string `json:"description"`
		Name        string `json:"name"`
		Price       struct {
			Discount      float64 `json:"discount"`
			FinalPrice    float64 `json:"finalPrice"`
			OriginalPrice float64 `json:"originalPrice"`
			CurrencyCode  string  `json:"currencyCode"`
		} `json:"price"`
	} `json:"paxAvailability"`
}
