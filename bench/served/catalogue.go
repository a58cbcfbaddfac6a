package served

import (
	"fmt"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
)

// Days is how many dates every product has, today included. All are open.
const Days = 60

// firstProduct is the lowest product id.
const firstProduct = 1000

// Keys returns n keys or a few less, product by product, from today on.
func Keys(n int, today inventory.Date) []inventory.Key {
	keys := make([]inventory.Key, 0, n)
	for p := range n / Days {
		for d := range Days {
			keys = append(keys, inventory.Key{Product: firstProduct + inventory.ProductID(p), Date: today.AddDays(d)})
		}
	}
	return keys
}

// Today returns the date in the zone of all products.
func Today() inventory.Date { return inventory.DateOf(time.Now().UTC()) }

// catalogue has the products of n keys under the default schedules.
func catalogue(n int) *plan.Catalogue {
	rules := plan.NewRules([]plan.Schedule{
		{Name: "today", Days: 1, Every: 15 * time.Minute, Objective: 20 * time.Minute, MaxAge: 2 * time.Hour},
		{Name: "week", Days: 7, Every: 4 * time.Hour, Objective: 5 * time.Hour, MaxAge: 12 * time.Hour},
		{Name: "month", Days: 30, Every: 24 * time.Hour, Objective: 30 * time.Hour, MaxAge: 48 * time.Hour},
		{Name: "season", Days: Days, Every: 72 * time.Hour, Objective: 80 * time.Hour, MaxAge: 96 * time.Hour},
	})
	products := make([]plan.Product, n/Days)
	for i := range products {
		products[i] = plan.Product{ID: firstProduct + inventory.ProductID(i), Zone: time.UTC, Weight: 1, Enabled: true}
	}
	return plan.NewCatalogue(rules, products)
}

const (
	slotsADay = 6
	seats     = 1000 // a slot has a few more, so that versions are of one length
)

// payload returns what the partner says of a key: six slots of two pax. Each
// version of 1,000 in turn differs from the one before, in numbers of as many
// digits.
func payload(k inventory.Key, version int) []byte {
	b := make([]byte, 0, 4<<10)
	for i := range slotsADay {
		separator := byte(',')
		if i == 0 {
			separator = '['
		}
		b = append(b, separator)
		b = fmt.Appendf(b, `{"startDate":"%[1]v","startTime":"%02[2]d:00","endTime":"%02[2]d:45","providerSlotId":"2255327%[3]d_%[1]vT%02[2]d:00",`+
			`"remaining":%[4]d,"currencyCode":"SGD","variantId":32,"paxAvailability":[`+
			`{"max":20,"min":1,"remaining":%[4]d,"type":"ADULT_12~99","isPrimary":true,"description":"Ages 12 - 99","name":"Adult",`+
			`"price":{"discount":0,"finalPrice":212.14,"originalPrice":312.14,"currencyCode":"SGD"}},`+
			`{"max":20,"min":1,"remaining":%[4]d,"type":"CHILD_3~11","description":"Ages 3 - 11","name":"Child",`+
			`"price":{"discount":0,"finalPrice":173.5,"originalPrice":273.5,"currencyCode":"SGD"}}]}`,
			k.Date, 9+i, k.Product, seats+version%1000)
	}
	return append(b, ']')
}
