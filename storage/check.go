package storage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"syscall"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
)

// maxFindings bounds what Check reports of a file that is damaged all over.
const maxFindings = 1000

// Check reads a closed file whole and returns what is wrong with it, nothing when
// all is well: every record must be intact and readable, calendars must say what
// their days say, and jobs must be where their state belongs. It is ErrLocked
// while a process has the file, and ErrFormat when the file cannot be opened at
// all. The file is not changed.
func Check(path string) ([]string, error) {
	findings, err := checkFile(path)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", path, err)
	}
	return findings, nil
}

func checkFile(path string) ([]string, error) {
	c := &checker{}
	err := readFile(path, func(db *bbolt.DB) error {
		return db.View(func(tx *bbolt.Tx) error {
			c.tx = tx
			c.meta()
			c.days()
			c.calendars()
			c.jobs()
			c.notes()
			return nil
		})
	})
	return c.findings, err
}

// readFile opens a file that no process writes to, and lets none begin to.
func readFile(path string, use func(*bbolt.DB) error) (err error) {
	if err := mustBeFile(path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	// Whoever writes to the file has it locked; its pages move while it does.
	if err := lockFile(f, syscall.LOCK_SH, 0); err != nil {
		return err
	}
	if err := preflight(path, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	db, err := openFile(path, &bbolt.Options{ReadOnly: true, Timeout: defaultLockTimeout})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return use(db)
}

type checker struct {
	tx       *bbolt.Tx
	encoder  slotEncoder
	findings []string

	// What the days say of the product that is being read.
	product inventory.ProductID
	summary []inventory.CalendarDay
}

func (c *checker) found(bucket, key []byte, what string) {
	switch len(c.findings) {
	case maxFindings:
		c.findings = append(c.findings, "and more")
	case maxFindings + 1:
	default:
		c.findings = append(c.findings, fmt.Sprintf("%s/%x: %s", bucket, key, what))
	}
}

func (c *checker) each(bucket []byte, visit func(key, value []byte) (wrong string)) {
	cursor := c.tx.Bucket(bucket).Cursor()
	for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
		if wrong := visit(key, value); wrong != "" {
			c.found(bucket, key, wrong)
		}
	}
}

const (
	damagedValue = "damaged"
	damagedKey   = "not a key of this bucket"
)

func (c *checker) meta() {
	c.each(bucketMeta, func(key, value []byte) string {
		if bytes.Equal(key, keySchema) {
			return "" // openFile read it
		}
		if _, ok := unseal(key, value); !ok {
			return damagedValue
		}
		return ""
	})
}

func (c *checker) days() {
	defer c.calendar() // of the last product
	c.each(bucketDays, func(key, value []byte) string {
		k, known := parseDayKey(key)
		if !known {
			return damagedKey
		}
		if k.Product != c.product {
			c.calendar()
			c.product = k.Product
		}
		d, ok := decodeDay(key, value)
		if !ok {
			return damagedValue
		}
		r, ok := d.record(k)
		if !ok {
			return "slots cannot be read"
		}
		c.summary = append(c.summary, summaryOf(&r.Availability))
		if r.State() != d.state {
			return fmt.Sprintf("header says %s, slots say %s", d.state, r.State())
		}
		if again, err := c.encoder.encode(r.Slots); err != nil || !bytes.Equal(again, d.slots) {
			return "slots are not in their canonical form"
		}
		if d.revision == 0 {
			return "revision 0"
		}
		if c.tx.Bucket(bucketCalendars).Get(productKey(k.Product)) == nil {
			return "its product has no calendar"
		}
		return ""
	})
}

// calendar compares the product's calendar with its days, which were all read.
func (c *checker) calendar() {
	days := c.summary
	c.summary = c.summary[:0]
	key := productKey(c.product)
	stored, ok := decodeCalendar(key, c.tx.Bucket(bucketCalendars).Get(key))
	if !ok {
		return // missing or damaged, and found already or soon
	}
	if len(days) != len(stored.Days) {
		c.found(bucketCalendars, key, fmt.Sprintf("%d days, stored are %d", len(stored.Days), len(days)))
		return
	}
	for i := range days {
		if !equalSummaries(days[i], stored.Days[i]) {
			c.found(bucketCalendars, key, fmt.Sprintf("says of %s what the day does not", days[i].Date))
			return
		}
	}
}

// calendars finds damaged calendars, and those of products without a day.
func (c *checker) calendars() {
	days := c.tx.Bucket(bucketDays).Cursor()
	c.each(bucketCalendars, func(key, value []byte) string {
		if _, known := parseID(key); !known {
			return damagedKey
		}
		stored, ok := decodeCalendar(key, value)
		if !ok {
			return damagedValue
		}
		if day, _ := days.Seek(key); !bytes.HasPrefix(day, key) {
			return fmt.Sprintf("%d days, stored are 0", len(stored.Days))
		}
		return ""
	})
}

func (c *checker) jobs() {
	sequence := c.tx.Bucket(bucketJobs).Sequence()
	for _, bucket := range [...][]byte{bucketJobs, bucketHistory} {
		finished := bytes.Equal(bucket, bucketHistory)
		c.each(bucket, func(key, value []byte) string {
			j, ok := decodeJob(key, value)
			switch {
			case !ok:
				return damagedValue
			case j.State.Final() != finished:
				return "is " + j.State.String()
			case j.ID == 0 || j.ID > sequence:
				return fmt.Sprintf("id above the last one given, %d", sequence)
			case finished && c.tx.Bucket(bucketJobs).Get(key) != nil:
				return "is unfinished, too"
			}
			return ""
		})
	}
}

func (c *checker) notes() {
	c.each(bucketPermits, func(key, value []byte) string {
		if _, ok := decodePermit(key, value); !ok {
			return damagedValue
		}
		return ""
	})
	if c.tx.Bucket(bucketLearned) != nil {
		c.each(bucketLearned, func(key, value []byte) string {
			if _, ok := unseal(key, value); !ok {
				return damagedValue
			}
			return ""
		})
	}
	for _, bucket := range [...][]byte{bucketPauses, bucketProducts} {
		c.each(bucket, func(key, value []byte) string {
			if text, ok := unseal(key, value); !ok || !json.Valid(text) {
				return damagedValue
			}
			return ""
		})
	}
}

// Verify is Check, and compares the file with the sum beside it, if there is one,
// as snapshots have.
func Verify(path string) ([]string, error) {
	want, err := readSum(path + sumSuffix)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", path, err)
	}
	if want != "" {
		got, err := sumOf(path)
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", path, err)
		}
		if got != want {
			return []string{fmt.Sprintf("it has SHA-256 %s, %s says %s", got, path+sumSuffix, want)}, nil
		}
	}
	return Check(path)
}
