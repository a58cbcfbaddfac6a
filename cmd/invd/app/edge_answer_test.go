package app_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/partner/sim"
	"invd/engine/report"
)

// A partner's day of two slots, in its own words; %s is the date.
const partnerDay = `[{"startDate":"%[1]s","startTime":"04:00","endTime":"04:00","providerSlotId":"9_%[1]sT04:00","remaining":2000,"currencyCode":"SGD","variantId":32,"paxAvailability":[` +
	`{"max":20,"min":1,"remaining":1000,"type":"ADULT_12~99","isPrimary":true,"description":"12-99 years","name":"Adult","price":{"discount":0,"finalPrice":212.14,"originalPrice":312.14,"currencyCode":"SGD"}},` +
	`{"max":20,"min":1,"remaining":1000,"type":"CHILD_3~11","description":"3-11 years","name":"Child","price":{"discount":0,"finalPrice":43,"originalPrice":143,"currencyCode":"SGD"}}]},` +
	`{"startDate":"%[1]s","startTime":"04:30","endTime":"04:30","providerSlotId":"9_%[1]sT04:30","remaining":170,"currencyCode":"SGD","variantId":32,"paxAvailability":[` +
	`{"max":20,"min":1,"remaining":150,"type":"ADULT_12~99","isPrimary":true,"description":"12-99 years","name":"Adult","price":{"discount":0,"finalPrice":242.14,"originalPrice":342.14,"currencyCode":"SGD"}},` +
	`{"max":20,"min":1,"remaining":10,"type":"INFANT_0~4","description":"0-4 years","name":"Infant","price":{"discount":0,"finalPrice":0,"originalPrice":0,"currencyCode":"SGD"}}]}]`

// The same day as readers get it.
const (
	slotAt4 = `{"startDate":"%[1]s","startTime":"04:00","endTime":"04:00","remaining":2000,"paxAvailability":[` + adultAt4 + `,` + childAt4 + `]}`
	slotAt5 = `{"startDate":"%[1]s","startTime":"04:30","endTime":"04:30","remaining":170,"paxAvailability":[` + adultAt5 + `,` + infantAt5 + `]}`

	adultAt4  = `{"max":20,"min":1,"remaining":1000,"type":"ADULT_12~99","category":"Adult","description":"12-99 years","price":` + priceAt4 + `}`
	childAt4  = `{"max":20,"min":1,"remaining":1000,"type":"CHILD_3~11","category":"Child","description":"3-11 years","price":{"discount":0,"finalPrice":43,"originalPrice":143,"currencyCode":"SGD"}}`
	adultAt5  = `{"max":20,"min":1,"remaining":150,"type":"ADULT_12~99","category":"Adult","description":"12-99 years","price":{"discount":0,"finalPrice":242.14,"originalPrice":342.14,"currencyCode":"SGD"}}`
	infantAt5 = `{"max":20,"min":1,"remaining":10,"type":"INFANT_0~4","category":"Infant","description":"0-4 years","price":{"discount":0,"finalPrice":0,"originalPrice":0,"currencyCode":"SGD"}}`
	priceAt4  = `{"discount":0,"finalPrice":212.14,"originalPrice":312.14,"currencyCode":"SGD"}`
)

// An answerRow is one odd answer of the partner, given by a fault to the day above
// when that is stored already, and what a reader sees of it afterwards. Exactly
// one of kept and shown is set.
type answerRow struct {
	name  string
	fault sim.Fault
	kept  string // the answer is of no use: this kind of error, everything as it was
	shown func(day string) string
	price string // of /dates, when the answer was used: "": 212.14; "none": the date is not listed
	to    func(list string) string
}

func same(day string) string { return day }

// first replaces old, which must be there, by new once.
func first(old, new string) func(string) string {
	return func(day string) string {
		if !strings.Contains(day, old) {
			return "a day with " + old // which no answer equals
		}
		return strings.Replace(day, old, new, 1)
	}
}

func all(old, new string) func(string) string {
	return func(day string) string { return strings.ReplaceAll(day, old, new) }
}

var (
	withoutAt4 = func(day string) string {
		return strings.Replace(day, slotOf(day, slotAt4)+",", "", 1)
	}
	in = func(currency, amount string) func(string) string {
		return func(day string) string {
			day = strings.ReplaceAll(day, `"currencyCode":"SGD"`, `"currencyCode":"`+currency+`"`)
			return strings.Replace(day, `"finalPrice":212.14`, `"finalPrice":`+amount, 1)
		}
	}
)

// slotOf fills a day's date into a slot.
func slotOf(day, slot string) string {
	_, rest, _ := strings.Cut(day, `"startDate":"`)
	return fmt.Sprintf(slot, rest[:len("2006-01-02")])
}

var answerRows = []answerRow{
	{name: "#02_closed_date_with_slots", fault: "empty", shown: func(string) string { return "" }, price: "none"},

	{name: "#04_null", fault: "null", kept: "bad_payload"},
	{name: "#04_object", fault: "object", kept: "bad_payload"},
	{name: "#04_empty_string", fault: "empty-string", kept: "bad_payload"},
	{name: "#04_no_body", fault: "no-body", kept: "bad_payload"},
	{name: "#04_white_space", fault: "blank", kept: "bad_payload"},
	{name: "#04_wrapped_in_an_object", fault: "wrapped", kept: "bad_payload"},
	{name: "#04_list_of_null", fault: "list-of-null", kept: "bad_payload"},
	{name: "#04_list_of_numbers", fault: "list-of-numbers", kept: "bad_payload"},
	{name: "#04_error_with_200", fault: "error-200", kept: "bad_payload"},
	{name: "#04_two_values", fault: "trailing", kept: "bad_payload"},
	{name: "#04_nested_a_million_deep", fault: "deep", kept: "bad_payload"},
	{name: "#05_html_with_200", fault: "html200", kept: "bad_payload"},
	{name: "#05_text_with_200", fault: "not-json", kept: "bad_payload"},
	{name: "#06_truncated_json", fault: "truncated", kept: "bad_payload"},
	{name: "#07_body_of_9_MiB", fault: "huge", kept: "too_large"},
	{name: "#07_endless_body", fault: "endless", kept: "too_large"},
	{name: "#07_100000_slots", fault: "many-slots", kept: "too_large"},
	{name: "#07_a_million_elements", fault: "million-elements", kept: "too_large"},
	{name: "#08_gzip_bomb", fault: "gzipbomb", kept: "too_large"},
	{name: "#08_gzip", fault: "gzip", shown: same},
	{name: "#08_gzip_in_gzip", fault: "gzip-nested", kept: "bad_payload"},
	{name: "#08_no_gzip", fault: "gzip-false", kept: "bad_payload"},
	{name: "#09_204", fault: "204", kept: "bad_payload"},
	{name: "#09_304_without_validator", fault: "304", kept: "bad_payload"},
	{name: "#09_answer_with_validator", fault: "etag", shown: same},
	{name: "#18_400_for_one_date", fault: "400", kept: "refused"},
	{name: "#20_redirect_to_another_host", fault: "redirect", kept: "bad_payload"},
	{name: "#20_redirect_to_another_path", fault: "redirect-same", kept: "bad_payload"},
	{name: "#20_redirect_to_itself", fault: "redirect-loop", kept: "bad_payload"},
	{name: "#20_redirect_to_plain_http", fault: "redirect-downgrade", kept: "bad_payload"},

	{name: "#22_every_slot_of_another_day", fault: "wrong-date", kept: "bad_payload"},
	{name: "#22_one_slot_of_another_day", fault: "one-wrong-date", shown: withoutAt4, price: "242.14"},
	{name: "#23_date_with_time", fault: "date-with-time", shown: same},
	{name: "#23_date_as_DD-MM-YYYY", fault: "date-ddmm", kept: "bad_payload"},
	{name: "#24_time_4:00", fault: "time-short", shown: same},
	{name: "#24_time_04:00:00", fault: "time-seconds", shown: same},
	{name: "#24_time_24:00", fault: "time-24", shown: first(`"startTime":"04:00"`, `"startTime":"00:00"`)},
	{name: "#24_time_25:00", fault: "time-25", shown: withoutAt4, price: "242.14"},
	{name: "#24_time_empty", fault: "time-empty", shown: withoutAt4, price: "242.14"},
	{name: "#24_time_null", fault: "time-null", shown: withoutAt4, price: "242.14"},
	{name: "#25_end_missing", fault: "end-missing", shown: func(day string) string {
		return strings.NewReplacer(`"endTime":"04:00"`, `"endTime":""`, `"endTime":"04:30"`, `"endTime":""`).Replace(day)
	}},
	{name: "#25_end_before_start", fault: "end-before-start", shown: func(day string) string {
		return strings.NewReplacer(`"endTime":"04:00"`, `"endTime":"00:00"`, `"endTime":"04:30"`, `"endTime":"00:00"`).Replace(day)
	}},
	{name: "#26_id_missing", fault: "id-missing", shown: same},
	{name: "#26_id_number", fault: "id-number", shown: same},
	{name: "#26_id_null", fault: "id-null", shown: same},
	{name: "#26_id_of_1000_characters", fault: "id-long", shown: same},
	{name: "#26_id_of_another_product", fault: "id-of-another-product", shown: same},
	{name: "#27_duplicate_slots", fault: "duplicate-slots", shown: same},
	{name: "#28_duplicate_id_with_a_seat_less", fault: "duplicate-id", shown: first(`"remaining":2000`, `"remaining":1999`)},
	{name: "#29_two_variants_at_one_start", fault: "two-variants", shown: func(day string) string {
		at4 := slotOf(day, slotAt4)
		return strings.Replace(day, at4, at4+","+at4, 1)
	}},
	{name: "#30_id_moved_to_another_time", fault: "id-moved", price: "212.14", shown: func(day string) string {
		at4, at5 := slotOf(day, slotAt4), slotOf(day, slotAt5)
		return strings.Replace(day, at4+","+at5, at5+","+strings.ReplaceAll(at4, "04:00", "23:45"), 1)
	}},
	{name: "#30_slot_vanished", fault: "slot-vanishes", shown: withoutAt4, price: "242.14"},
	{name: "#31_shuffled", fault: "shuffled", shown: same},
	{name: "#32_nothing_changed", shown: same},

	{name: "#33_remaining_0", fault: "remaining-zero", shown: first(`"remaining":2000`, `"remaining":0`), price: "242.14"},
	{name: "#33_remaining_negative", fault: "remaining-negative", shown: first(`"remaining":2000`, `"remaining":0`), price: "242.14"},
	{name: "#33_remaining_12.5", fault: "remaining-fraction", shown: first(`"remaining":2000`, `"remaining":12`)},
	{name: "#33_remaining_as_text", fault: "remaining-string", shown: first(`"remaining":2000`, `"remaining":12`)},
	{name: "#33_remaining_null", fault: "remaining-null", shown: first(`"remaining":2000`, `"remaining":1000`)},
	{name: "#33_remaining_missing", fault: "remaining-missing", shown: first(`"remaining":2000`, `"remaining":1000`)},
	{name: "#33_remaining_1e12", fault: "remaining-huge", shown: first(`"remaining":2000`, `"remaining":1000000000`)},
	{name: "#33_remaining_true", fault: "remaining-bool", shown: withoutAt4, price: "242.14"},
	{name: "#33_pax_remaining_negative", fault: "pax-remaining-negative", shown: first(`"remaining":1000`, `"remaining":0`)},
	{name: "#34_pax_over_slot", fault: "pax-over-slot", shown: first(`"remaining":2000`, `"remaining":1`)},
	{name: "#35_sum_of_pax_is_not_the_slot's", shown: same}, // 2000 against 1000 and 1000, 170 against 150 and 10
	{name: "#36_pax_empty", fault: "pax-empty", shown: first(adultAt4+`,`+childAt4, ""), price: "242.14"},
	{name: "#36_pax_null", fault: "pax-null", shown: first(adultAt4+`,`+childAt4, ""), price: "242.14"},
	{name: "#36_pax_missing", fault: "pax-missing", shown: first(adultAt4+`,`+childAt4, ""), price: "242.14"},
	{name: "#37_no_primary", fault: "no-primary", shown: same},
	{name: "#37_all_primary", fault: "all-primary", shown: same, price: "0"},
	{name: "#38_duplicate_pax_type", fault: "duplicate-pax", shown: same},
	{name: "#39_price_null", fault: "price-null", shown: first(priceAt4, "null"), price: "242.14"},
	{name: "#39_final_price_null", fault: "final-null", shown: first(priceAt4, "null"), price: "242.14"},
	{name: "#39_currency_missing", fault: "currency-missing", shown: same},
	{name: "#39_currency_of_the_slot_differs", fault: "currency-mixed", shown: same},
	{name: "#40_price_as_text", fault: "price-string", shown: same},
	{name: "#40_price_212.140", fault: "price-trailing-zero", shown: same},
	{name: "#40_price_21214e-2", fault: "price-exponent", shown: same},
	{name: "#40_price_with_noise_of_floating_point", fault: "price-many-digits", shown: same},
	{name: "#40_every_number_as_text", fault: "string-numbers", shown: same},
	{name: "#41_price_negative", fault: "price-negative", shown: first(adultAt4+",", ""), price: "242.14"},
	{name: "#41_price_1e30", fault: "price-huge", shown: first(adultAt4+",", ""), price: "242.14"},
	{name: "#41_price_1e400", fault: "number-overflow", shown: first(adultAt4+",", ""), price: "242.14"},
	{name: "#41_price_NaN", fault: "nan", kept: "bad_payload"},
	{name: "#41_price_Infinity", fault: "infinity", kept: "bad_payload"},
	{name: "#42_1000.5_JPY", fault: "currency-jpy", shown: in("JPY", "1000.5"), price: "242.14", to: all("SGD", "JPY")},
	{name: "#42_1.234_KWD", fault: "currency-kwd", shown: in("KWD", "1.234"), price: "1.234", to: all("SGD", "KWD")},
	{name: "#42_1.2345_XXX", fault: "currency-unknown", shown: in("XXX", "1.2345"), price: "1.2345", to: all("SGD", "XXX")},
	{name: "#43_free_infant", shown: same},
	{name: "#44_original_below_final", fault: "original-below-final", to: all("312.14", "0.01"), shown: func(day string) string {
		return strings.NewReplacer(`"originalPrice":312.14`, `"originalPrice":0.01`, `"originalPrice":143`, `"originalPrice":0.01`,
			`"originalPrice":342.14`, `"originalPrice":0.01`, `"originalPrice":0,`, `"originalPrice":0.01,`).Replace(day)
	}},
	{name: "#44_discount_inconsistent", fault: "discount-wrong", shown: all(`"discount":0`, `"discount":99.99`), to: all(`"discount":0`, `"discount":99.99`)},
	{name: "#45_min_over_max", fault: "min-over-max", shown: first(`"min":1`, `"min":30`)},
	{name: "#45_min_0", fault: "min-zero", shown: first(`"min":1`, `"min":0`)},
	{name: "#45_max_null", fault: "max-null", shown: first(`"max":20`, `"max":null`)},
	{name: "#46_type_ADULT_P_16~99", fault: "type-underscores", shown: first("ADULT_12~99", "ADULT_P_16~99")},
	{name: "#46_type_SENIOR", fault: "type-plain", shown: first("ADULT_12~99", "SENIOR")},
	{name: "#46_type_empty", fault: "type-empty", shown: first(adultAt4+",", ""), price: "242.14"},
	{name: "#46_name_in_several_scripts", fault: "name-unicode", shown: first(`"category":"Adult"`, `"category":"大人 👩‍👧 Взрослый"`)},
	{name: "#46_description_of_10_kB", fault: "description-long", shown: first("12-99 years", strings.Repeat("long ", 1000)[:4096])},
	{name: "#47_unknown_members", fault: "unknown-members", shown: same},
	{name: "#47_members_in_another_order", fault: "members-reordered", shown: same},
	{name: "#48_duplicate_names", fault: "duplicate-keys", kept: "bad_payload"},
	{name: "#49_byte_order_mark", fault: "bom", shown: same},
	{name: "#49_white_space", fault: "pretty", shown: same},
	{name: "#49_invalid_UTF-8", fault: "bad-utf8", kept: "bad_payload"},
	{name: "#49_half_a_surrogate_pair", fault: "lone-surrogate", kept: "bad_payload"},
	{name: "#49_raw_control_character", fault: "raw-control", kept: "bad_payload"},
	{name: "#49_NUL_in_a_string", fault: "nul", shown: first(`"category":"Adult"`, `"category":"Ad�ul�t"`)},
}

// What the world showed of one row, before the fault and after.
type answered struct {
	before, after         reading // /slots
	listBefore, listAfter reading // /dates
	explained             report.Explanation
	jobs                  []report.Job // of the refresh and what followed, the oldest first
	requests              []sim.Request
	age                   time.Duration // from the refresh to after
}

// TestOddAnswers gives each of the odd answers to a product of its own, all of
// them in one world, and reads them back. No row may disturb another.
func TestOddAnswers(t *testing.T) {
	var got []answered
	synctest.Test(t, func(t *testing.T) { got = oddAnswers(t) })
	for i, row := range answerRows {
		t.Run(row.name, func(t *testing.T) {
			if row.kept != "" {
				got[i].checkKept(t, row.kept)
			} else {
				got[i].checkShown(t, row)
			}
		})
	}
}

func oddAnswers(t *testing.T) []answered {
	e := newEdge(t, setup{products: len(answerRows), yaml: calm})
	day := fmt.Sprintf(partnerDay, e.today)
	for _, p := range e.conf.Products {
		e.set(p.ID, e.today, day)
	}
	e.startDaemon()
	time.Sleep(10 * time.Minute)
	got := make([]answered, len(answerRows))
	began := time.Now()
	for i, p := range e.conf.Products {
		got[i].before, got[i].listBefore = e.readSlots(p.ID, e.today), e.readDates(p.ID)
		if fault := answerRows[i].fault; fault != "" {
			e.inject(sim.Injection{Fault: fault, Product: p.ID})
		}
		e.refresh(p.ID, e.today)
	}
	time.Sleep(30 * time.Minute)
	log := e.since(began)
	for i, p := range e.conf.Products {
		g := &got[i]
		g.after, g.listAfter = e.readSlots(p.ID, e.today), e.readDates(p.ID)
		g.explained = e.explain(p.ID, e.today)
		g.requests = of(p.ID, log)
		g.age = time.Since(g.requests[len(g.requests)-1].Time).Truncate(time.Second)
		for _, j := range e.jobs(fmt.Sprintf("product=%d", p.ID)) {
			if !j.Created.Before(began) {
				g.jobs = append([]report.Job{j}, g.jobs...)
			}
		}
	}
	if st := e.status(); st.Source.State != "open" || st.Workers.Busy != 0 || st.Jobs.Pending+st.Jobs.Running+st.Jobs.Retrying != 0 {
		t.Errorf("afterwards source is %s, %d workers busy, jobs %+v; want open, 0, none unfinished", st.Source.State, st.Workers.Busy, st.Jobs)
	}
	e.checkLimit(30)
	e.stop()
	e.checkFile()
	return got
}
