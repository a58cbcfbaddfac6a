package plan_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"invd/engine/inventory"
	"invd/engine/plan"
)

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func mustDate(t *testing.T, s string) inventory.Date {
	t.Helper()
	d, err := inventory.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestACatalogueFindsItsProductsAndKeepsTheirOrder(t *testing.T) {
	rules := plan.NewRules(defaults())
	c := plan.NewCatalogue(rules, []plan.Product{{ID: 15, Name: "Island Ferry", Enabled: true}, {ID: 14, Name: "Night Safari"}, {ID: 3, Enabled: true}})
	if c.Rules != rules {
		t.Errorf("Rules = %p, want those given, %p", c.Rules, rules)
	}
	for i, id := range []inventory.ProductID{15, 14, 3} {
		if got := c.Products()[i].ID; got != id {
			t.Errorf("Products()[%d] is %v, want %v", i, got, id)
		}
		if got := c.Product(id); got != &c.Products()[i] {
			t.Errorf("Product(%v) = %+v, want %+v", id, got, c.Products()[i])
		}
	}
	for _, id := range []inventory.ProductID{0, 4, 16} {
		if got := c.Product(id); got != nil {
			t.Errorf("Product(%v) = %+v, want nil", id, got)
		}
	}
	if got := c.Enabled(); got != 2 {
		t.Errorf("Enabled() = %d, want 2", got)
	}
}

func TestTodayIsTheDateWhereTheProductIsSold(t *testing.T) {
	now := time.Date(2026, 4, 8, 17, 0, 0, 0, time.UTC)
	for zone, want := range map[string]string{
		"Asia/Singapore": "2026-04-09", "Europe/London": "2026-04-08", "Pacific/Kiritimati": "2026-04-09", "Pacific/Pago_Pago": "2026-04-08",
	} {
		p := plan.Product{Zone: mustZone(t, zone)}
		if got := p.Today(now); got != mustDate(t, want) {
			t.Errorf("Today(%v) in %s = %v, want %s", now, zone, got, want)
		}
	}
}
