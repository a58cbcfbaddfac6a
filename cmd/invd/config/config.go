package config

import (
	"net/url"
	"time"
)

// A Config is a configuration file that was found good, with every default
// filled in. Load makes it; it is not changed afterwards, so goroutines may
// share it.
type Config struct {
	Timezone     *time.Location // default zone of the products; String gives its name
	Partner      Partner
	Refresh      Refresh
	Schedules    []Schedule // 1 to 16, in the file's order
	Retry        Retry
	Jobs         Jobs
	Cache        Cache
	HTTP         HTTP
	Admin        Admin
	Snapshots    *Snapshots // nil: none
	Products     []Product  // at least one; the file's, then those of ProductsFile
	ProductsFile string     // absolute; empty: none
}

// A Partner is the API whose inventory is mirrored.
type Partner struct {
	BaseURL     *url.URL      // http or https, path without a trailing slash
	APIKeyFile  string        // absolute; ReadAPIKey reads it
	Timeout     time.Duration // of one attempt, its body included
	MaxBody     int64         // bytes of one answer, decoded
	Concurrency int           // requests in flight
	Limits      []Limit       // 1 to 8; every one of them holds
}

// A Limit allows Requests in every window of length Per.
type Limit struct {
	Requests int
	Per      time.Duration
}

// A Refresh says how it is decided which key is fetched next.
type Refresh struct {
	Policy      string // "cadence" or "adaptive"
	ReadThrough bool
}

// A Schedule is a named cadence over the next Days days.
type Schedule struct {
	Name      string // a metric label: from a closed alphabet, unique
	Days      int
	Every     time.Duration // at most Days days
	Objective time.Duration // age up to which a key counts as fresh
	MaxAge    time.Duration // the planner's bound on age; at least Every
}

// A Retry bounds the attempts of one fetch job and spaces them.
type Retry struct {
	MaxAttempts int // the first one included
	Base        time.Duration
	Cap         time.Duration // at least Base
}

// Jobs says how long finished jobs are kept: until either bound is met.
type Jobs struct {
	Keep    time.Duration
	KeepMax int
}

// A Cache bounds the memory of decoded availabilities.
type Cache struct {
	MaxBytes int64
}

// An HTTP is the listener of the inventory reads.
type HTTP struct {
	TLS *TLS // nil: plain HTTP
}

// An Admin is the admin listener, and says who may change things over it.
type Admin struct {
	TokenFile string // absolute; empty: changes only over the unix socket
	TLS       *TLS   // nil: plain HTTP
}

// A TLS is what a listener shows who it is with.
type TLS struct {
	CertFile string // absolute; PEM, its own certificate first
	KeyFile  string // absolute; PEM
}

// Snapshots of the database at regular times.
type Snapshots struct {
	Dir   string // absolute
	Every time.Duration
	Keep  int
}

// A Product is one thing on sale, by the partner's id.
type Product struct {
	ID      int64 // 1 to 2^53-1, unique
	Name    string
	Zone    *time.Location // its calendar days are civil days of this zone
	Weight  float64        // more than 0: its importance beside the others'
	Enabled bool
}

// Default returns what a file that says nothing would mean, were it allowed to: it
// has no partner and no products.
func Default() *Config { return defaults() }

func defaults() *Config {
	return &Config{
		Timezone: time.UTC,
		Partner: Partner{
			Timeout:     10 * time.Second,
			MaxBody:     8 << 20,
			Concurrency: 4,
			Limits:      []Limit{{Requests: 30, Per: time.Minute}},
		},
		Refresh: Refresh{Policy: "cadence"},
		Schedules: []Schedule{
			{Name: "today", Days: 1, Every: 15 * time.Minute, Objective: 20 * time.Minute, MaxAge: 2 * time.Hour},
			{Name: "week", Days: 7, Every: 4 * time.Hour, Objective: 5 * time.Hour, MaxAge: 12 * time.Hour},
			{Name: "month", Days: 30, Every: 24 * time.Hour, Objective: 30 * time.Hour, MaxAge: 48 * time.Hour},
			{Name: "season", Days: 60, Every: 72 * time.Hour, Objective: 80 * time.Hour, MaxAge: 96 * time.Hour},
		},
		Retry: Retry{MaxAttempts: 4, Base: time.Second, Cap: 5 * time.Minute},
		Jobs:  Jobs{Keep: 7 * day, KeepMax: 200_000},
		Cache: Cache{MaxBytes: 256 << 20},
	}
}

// defaultProduct is a product before its entry or row has its say. Its zone
// stays nil, as the default zone may stand further down in the file.
func defaultProduct() Product { return Product{Weight: 1, Enabled: true} }

func defaultSnapshots() Snapshots { return Snapshots{Every: 6 * time.Hour, Keep: 8} }
