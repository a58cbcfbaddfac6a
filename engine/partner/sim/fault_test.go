package sim_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/partner/sim"
)

const (
	tuesday = "2025-03-25"
	target  = "/api/v1/inventory/14?date=" + tuesday
)

// An answer is what a client makes of one.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error
	took   time.Duration
}

// ask asks p over a connection in memory, inside a bubble.
func ask(t *testing.T, p *sim.Partner, header http.Header) (a answer) {
	t.Helper()
	l, dial := sim.Listen()
	client, stop := serve(l, dial, p)
	defer stop()
	client.Timeout = time.Hour
	r, err := http.NewRequest(http.MethodGet, "http://partner"+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	start := time.Now()
	defer func() { a.took = time.Since(start) }()
	resp, err := client.Do(r)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 24<<20))
	return answer{status: resp.StatusCode, header: resp.Header, body: body, err: err}
}

// spoiled returns the answer of a new partner with some faults, and what it
// would have been without.
func spoiled(t *testing.T, faults ...sim.Fault) (a answer, clean []byte) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := sim.New(sim.Options{RedirectTo: "http://other.example/"})
		for _, f := range faults {
			mustInject(t, p, sim.Injection{Fault: f})
		}
		clean = p.Body(14, tuesday, time.Now())
		a = ask(t, p, nil)
	})
	return a, clean
}

// bodies tell the text that an edit puts in the answer, or takes away.
var bodies = map[sim.Fault]struct{ has, lacks string }{
	"one-wrong-date": {`[{"startDate":"2001-02-03",`, `},{"startDate":"2001-02-03"`},
	"wrong-date":     {`},{"startDate":"2001-02-03"`, `"startDate":"2025`},
	"date-ddmm":      {`"startDate":"25-03-2025"`, `"startDate":"2025`},
	"date-with-time": {`"startDate":"2025-03-25T00:00:00.000Z"`, `"startDate":"2025-03-25"`},
	"id-moved":       {`"startTime":"23:45","endTime":"23:45","providerSlotId":"225532707686_2025-03-25T04:00"`, ""},
	"two-variants":   {`"variantId":321`, ""},
	"duplicate-id":   {`"providerSlotId":"225532707686_2025-03-25T04:00","remaining":1999`, ""},
	"shuffled":       {`[{"startDate":"2025-03-25","startTime":"08:00"`, ""},
	"slot-vanishes":  {`[{"startDate":"2025-03-25","startTime":"04:30"`, `"startTime":"04:00"`},
	"null-slot":      {`},null]`, ""},
	"unknown-members": {
		`],"isClosed":false,"extra":{"deep":[1,null,{"a":"b"}]}}`, "",
	},
	"members-reordered":     {`[{"startTime":"04:00"`, `{"startDate":`},
	"id-number":             {`"providerSlotId":225532707686,`, ""},
	"id-null":               {`"providerSlotId":null,`, ""},
	"id-long":               {`"providerSlotId":"` + strings.Repeat("i", 1000) + `",`, ""},
	"id-missing":            {`"endTime":"04:00","remaining":2000`, "providerSlotId"},
	"id-of-another-product": {`"providerSlotId":"225532707687_2025-03-25T04:00"`, "225532707686"},
	"variant-fraction":      {`"variantId":32.5`, ""},

	"time-short":         {`"startTime":"4:00"`, `"startTime":"0`},
	"time-seconds":       {`"startTime":"04:00:00"`, `"startTime":"04:00"`},
	"time-24":            {`"startTime":"24:00"`, `"startTime":"04:00"`},
	"time-25":            {`"startTime":"25:00"`, `"startTime":"04:00"`},
	"time-empty":         {`"startTime":"",`, `"startTime":"04:00"`},
	"time-null":          {`"startTime":null,`, `"startTime":"04:00"`},
	"end-missing":        {`"startTime":"04:00","providerSlotId":`, `endTime`},
	"end-before-start":   {`"startTime":"04:00","endTime":"00:00"`, `"endTime":"04`},
	"remaining-zero":     {`T04:00","remaining":0,`, ""},
	"remaining-negative": {`T04:00","remaining":-3,`, ""},
	"remaining-fraction": {`T04:00","remaining":12.5,`, ""},
	"remaining-string":   {`T04:00","remaining":"12",`, ""},
	"remaining-null":     {`T04:00","remaining":null,`, ""},
	"remaining-huge":     {`T04:00","remaining":1e12,`, ""},
	"remaining-bool":     {`T04:00","remaining":true,`, ""},
	"remaining-missing":  {`T04:00","currencyCode"`, ""},
	"pax-over-slot":      {`T04:00","remaining":1,`, ""},
	"pax-remaining-negative": {
		`"min":1,"remaining":-3,`, "",
	},
	"pax-empty":        {`"paxAvailability":[]}`, ""},
	"pax-null":         {`"paxAvailability":null}`, ""},
	"pax-missing":      {`"variantId":32},`, ""},
	"no-primary":       {`"type":"ADULT_12~99","description"`, "isPrimary"},
	"all-primary":      {`"type":"CHILD_3~11","isPrimary":true,`, `"isPrimary":true,"isPrimary"`},
	"duplicate-pax":    {`"SGD"}},{"max":20,"min":1,"remaining":1000,"type":"ADULT`, ""},
	"min-over-max":     {`"max":20,"min":30`, ""},
	"min-zero":         {`"min":0`, ""},
	"max-null":         {`"max":null`, ""},
	"type-underscores": {`"type":"ADULT_P_16~99"`, ""},
	"type-plain":       {`"type":"SENIOR"`, ""},
	"type-empty":       {`"type":"",`, ""},
	"name-unicode":     {`"name":"大人 👩‍👧 Взрослый"`, ""},
	"description-long": {`"description":"` + strings.Repeat("long ", 2000), ""},
	"string-numbers":   {`"remaining":"2000"`, `:1000`},

	"price-null":           {`"price":null}`, ""},
	"final-null":           {`"finalPrice":null,`, ""},
	"price-string":         {`"finalPrice":"212.14",`, `"finalPrice":2`},
	"price-trailing-zero":  {`"finalPrice":212.140,`, `"finalPrice":212.14,`},
	"price-exponent":       {`"finalPrice":21214e-2,`, `"finalPrice":212.14`},
	"price-negative":       {`"finalPrice":-5,`, ""},
	"price-huge":           {`"finalPrice":1e30,`, ""},
	"price-many-digits":    {`"finalPrice":212.1400000000000034,`, ""},
	"original-below-final": {`"originalPrice":0.01,`, `"originalPrice":3`},
	"discount-wrong":       {`"discount":99.99,`, `"discount":0`},
	"currency-missing":     {`312.14}`, `,"currencyCode":"SGD"}`},
	"currency-jpy":         {`"finalPrice":1000.5,"originalPrice":312.14,"currencyCode":"JPY"`, "SGD"},
	"currency-kwd":         {`"finalPrice":1.234,"originalPrice":312.14,"currencyCode":"KWD"`, "SGD"},
	"currency-unknown":     {`"finalPrice":1.2345,"originalPrice":312.14,"currencyCode":"XXX"`, "SGD"},
	"currency-mixed":       {`"currencyCode":"EUR","variantId"`, ""},

	"wrapped":         {`{"data":[{"startDate"`, ""},
	"trailing":        {`}]{"more":true}`, ""},
	"bom":             {"\xef\xbb\xbf[{", ""},
	"pretty":          {"\" :\n\t ", `":`},
	"bad-utf8":        {"\"name\":\"Ad\xff\xfeult\"", ""},
	"nul":             {`"name":"Ad\u0000ul\u001bt"`, ""},
	"raw-control":     {"\"name\":\"Ad\nult\"", ""},
	"lone-surrogate":  {`"name":"Ad\ud800ult"`, ""},
	"nan":             {`"finalPrice":NaN,`, ""},
	"infinity":        {`"finalPrice":Infinity,`, ""},
	"number-overflow": {`"finalPrice":1e400,`, ""},
	"duplicate-keys":  {`],"remaining":0}`, ""},
}

// exact are the faults whose whole body is known.
var exact = map[sim.Fault]string{
	"empty": "[]", "null": "null", "object": "{}", "empty-string": `""`, "no-body": "", "blank": " \r\n\t\n",
	"list-of-null": "[null]", "list-of-numbers": "[1,2,3]", "not-json": "Internal error, please try again later.",
	"error-200": `{"statusCode":500,"message":"Internal Server Error"}`,
	"deep":      strings.Repeat("[", 1e6) + strings.Repeat("]", 1e6),
}

// invalid are the edits that leave no valid JSON.
var invalid = []sim.Fault{"no-body", "blank", "not-json", "trailing", "bom", "raw-control", "nan", "infinity"}

func TestEditsChangeTheBody(t *testing.T) {
	for fault, want := range bodies {
		a, clean := spoiled(t, fault)
		if a.status != http.StatusOK || a.err != nil {
			t.Errorf("%s: %d, %v; want 200", fault, a.status, a.err)
		}
		if bytes.Contains(clean, []byte(want.has)) || !bytes.Contains(a.body, []byte(want.has)) {
			t.Errorf("%s: body without %s:\n%.900s", fault, want.has, a.body)
		}
		if want.lacks != "" && bytes.Contains(a.body, []byte(want.lacks)) {
			t.Errorf("%s: body with %s:\n%.900s", fault, want.lacks, a.body)
		}
		if got, want := json.Valid(a.body), !slices.Contains(invalid, fault); got != want {
			t.Errorf("%s: valid JSON = %v, want %v:\n%.900s", fault, got, want, a.body)
		}
	}
	for fault, want := range exact {
		if a, _ := spoiled(t, fault); a.status != http.StatusOK || string(a.body) != want {
			t.Errorf("%s: %d %.99q, want 200 %.99q", fault, a.status, a.body, want)
		}
	}
}

func TestEditsOfSlotsLeaveAClosedDateClosed(t *testing.T) {
	for fault := range bodies {
		p := sim.New(sim.Options{Limit: -1})
		mustInject(t, p, sim.Injection{Fault: fault})
		got := get(p, "/api/v1/inventory/14?date=2025-03-24", "").Body.String()
		if want := "[]"; got != want && !slices.Contains([]sim.Fault{"wrapped", "trailing", "bom"}, fault) {
			t.Errorf("%s on a closed date: %s, want []", fault, got)
		}
	}
}

// statuses are the faults that are told by their status, and a header with it.
var statuses = map[sim.Fault]struct {
	status        int
	header, value string
}{
	"400": {status: 400}, "401": {status: 401}, "403": {status: 403}, "404": {status: 404}, "410": {status: 410},
	"500": {status: 500}, "502": {status: 502}, "503": {status: 503}, "504": {status: 504},
	"204": {status: 204}, "304": {status: 304},
	"500-html":           {500, "Content-Type", "text/html; charset=utf-8"},
	"503-retry-after":    {503, "Retry-After", "30"},
	"redirect":           {302, "Location", "http://other.example/"},
	"redirect-same":      {302, "Location", "/elsewhere"},
	"redirect-loop":      {302, "Location", target},
	"redirect-downgrade": {302, "Location", "http://partner" + target},
	"html200":            {200, "Content-Type", "text/html; charset=utf-8"},
	"wrong-content-type": {200, "Content-Type", "text/html; charset=utf-8"},

	"429-bare":                 {429, "Retry-After", ""},
	"429-retry-after":          {429, "Retry-After", "30"},
	"429-retry-after-zero":     {429, "Retry-After", "0"},
	"429-retry-after-negative": {429, "Retry-After", "-5"},
	"429-retry-after-year":     {429, "Retry-After", "31536000"},
	"429-retry-after-overflow": {429, "Retry-After", "99999999999999999999"},
	"429-retry-after-text":     {429, "Retry-After", "soon"},
	"429-ratelimit-reset":      {429, "RateLimit-Reset", "40"},
	"429-x-ratelimit-reset":    {429, "X-RateLimit-Reset", "946684840"}, // bubbles begin at 946684800
	"429-http-date":            {429, "Retry-After", "Sat, 01 Jan 2000 00:00:40 GMT"},
	"429-obsolete-date":        {429, "Retry-After", "Saturday, 01-Jan-00 00:00:40 GMT"},
	"429-retry-after-fraction": {429, "Retry-After", "29.5"},
	"429-conflict":             {429, "Retry-After", "5"},
}

func TestStatusFaultsHaveTheirStatusAndHeader(t *testing.T) {
	for fault, want := range statuses {
		a, _ := spoiled(t, fault)
		if a.err != nil || a.status != want.status || a.header.Get(want.header) != want.value {
			t.Errorf("%s: %d, %s: %q, %v; want %d, %q", fault, a.status, want.header, a.header.Get(want.header), a.err, want.status, want.value)
		}
	}
}

// resets are the values of rateLimitState.reset.
var resets = map[sim.Fault]string{
	"429-reset-ms":       "946684840000",
	"429-reset-seconds":  "946684840",
	"429-reset-string":   `"946684840000"`,
	"429-reset-past":     "946681200000",
	"429-reset-year":     "978307200000",
	"429-reset-zero":     "0",
	"429-reset-negative": "-1",
	"429-reset-null":     "null",
	"429-reset-huge":     "1e300",
	"429-reset-text":     `"soon"`,
	"429-reset-missing":  "",
	"429-conflict":       "946684840000",
	"403-rate-limit":     "946684840000",
}

func TestThrottleFaultsStateTheirReset(t *testing.T) {
	for fault, want := range resets {
		a, _ := spoiled(t, fault)
		var got struct {
			RateLimitState struct{ Reset json.RawMessage }
		}
		if err := json.Unmarshal(a.body, &got); err != nil {
			t.Errorf("%s: %v in %s", fault, err, a.body)
		}
		if status := http.StatusTooManyRequests; a.status != status && fault != "403-rate-limit" {
			t.Errorf("%s: status %d, want %d", fault, a.status, status)
		}
		if string(got.RateLimitState.Reset) != want {
			t.Errorf("%s: reset %s, want %s", fault, got.RateLimitState.Reset, want)
		}
	}
}

// special are the faults that a table of text cannot tell.
var special = map[sim.Fault]func(a answer, clean []byte) bool{
	"truncated":       func(a answer, clean []byte) bool { return a.err == nil && bytes.Equal(a.body, clean[:len(clean)/2]) },
	"cut":             broken(io.ErrUnexpectedEOF),
	"cut-chunked":     broken(io.ErrUnexpectedEOF),
	"cut-unframed":    func(a answer, clean []byte) bool { return a.err == nil && bytes.Equal(a.body, clean[:len(clean)/2]) },
	"length-short":    func(a answer, clean []byte) bool { return a.err == nil && bytes.Equal(a.body, clean[:len(clean)/2]) },
	"reset":           broken(io.ErrUnexpectedEOF), // which is what it is on a connection in memory
	"chunk-garbage":   func(a answer, clean []byte) bool { return a.err != nil && bytes.Equal(a.body, clean[:len(clean)/2]) },
	"two-lengths":     refused("multiple Content-Length headers"),
	"two-answers":     func(a answer, clean []byte) bool { return a.err == nil && bytes.Equal(a.body, clean) },
	"length-invalid":  refused("bad Content-Length"),
	"bad-header":      refused("malformed MIME header"),
	"not-http":        refused("malformed HTTP"),
	"drop":            broken(io.EOF),
	"hang":            func(a answer, _ []byte) bool { return a.err != nil && a.status == 0 && a.took == time.Hour },
	"drip-headers":    func(a answer, _ []byte) bool { return a.err != nil && a.status == 0 && a.took == time.Hour },
	"late":            func(a answer, clean []byte) bool { return a.took == 5*time.Second && bytes.Equal(a.body, clean) },
	"1xx-storm":       func(a answer, clean []byte) bool { return bytes.Equal(a.body, clean) || a.err != nil },
	"many-headers":    func(a answer, _ []byte) bool { return a.err != nil || len(a.header["X-Many"]) == 10_000 },
	"huge-header":     func(a answer, _ []byte) bool { return len(a.header.Get("X-Huge")) == 2<<20 },
	"duplicate-slots": func(a answer, _ []byte) bool { return bytes.Count(a.body, []byte(firstSlotOfTuesday)) == 2 },
	"huge": func(a answer, clean []byte) bool {
		return len(a.body) > 8<<20 && json.Valid(a.body) && bytes.HasSuffix(a.body, clean)
	},
	"endless":          func(a answer, _ []byte) bool { return len(a.body) == 24<<20 },
	"most-vanish":      func(a answer, _ []byte) bool { return elements(a.body) == 3 },
	"many-slots":       func(a answer, _ []byte) bool { return bytes.Count(a.body, []byte(`{"startDate":`)) == 100_000 },
	"million-elements": func(a answer, _ []byte) bool { return bytes.Count(a.body, []byte(",0")) == 999_999 },
	"gzip":             func(a answer, clean []byte) bool { return bytes.Equal(unpack(a.body), clean) },
	"gzip-nested":      func(a answer, clean []byte) bool { return bytes.Equal(unpack(unpack(a.body)), clean) },
	"gzip-truncated":   func(a answer, _ []byte) bool { return len(a.body) > 0 && unpack(a.body) == nil },
	"gzip-false": func(a answer, clean []byte) bool {
		return a.header.Get("Content-Encoding") == "gzip" && bytes.Equal(a.body, clean)
	},
	"gzipbomb": func(a answer, _ []byte) bool { return len(a.body) < 100_000 && len(unpack(a.body)) == 32<<20+2 },
	"drip": func(a answer, clean []byte) bool {
		return a.took == time.Hour && len(a.body) < len(clean) && len(a.body) >= 3599
	},
	"hang-after-headers": func(a answer, _ []byte) bool {
		return a.status == http.StatusOK && a.err != nil && len(a.body) == 0 && a.took == time.Hour
	},
}

func broken(with error) func(answer, []byte) bool {
	return func(a answer, _ []byte) bool { return errors.Is(a.err, with) }
}

func refused(with string) func(answer, []byte) bool {
	return func(a answer, _ []byte) bool { return a.err != nil && strings.Contains(a.err.Error(), with) }
}

func elements(body []byte) int {
	var list []json.RawMessage
	_ = json.Unmarshal(body, &list) // none then
	return len(list)
}

func unpack(b []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	body, err := io.ReadAll(z)
	if err != nil {
		return nil
	}
	return body
}

func TestSpecialFaultsDoWhatTheirNameSays(t *testing.T) {
	for fault, ok := range special {
		if a, clean := spoiled(t, fault); !ok(a, clean) {
			t.Errorf("%s: %d, %d bytes, %v after %v:\n%.99q", fault, a.status, len(a.body), a.err, a.took, a.body)
		}
	}
}
