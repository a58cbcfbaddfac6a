package plan

import (
	"time"

	"invd/engine/inventory"
)

// A Product is what the configuration says about one product.
type Product struct {
	ID      inventory.ProductID
	Name    string
	Zone    *time.Location
	Weight  float64
	Enabled bool
}

// Today returns the civil date at now where the product is sold.
func (p *Product) Today(now time.Time) inventory.Date { return inventory.DateOf(now.In(p.Zone)) }

// A Catalogue is the set of products under one set of rules. It does not change
// after NewCatalogue; a reload makes a new one. Any goroutine may read it.
type Catalogue struct {
	Rules    *Rules
	products []Product
	byID     map[inventory.ProductID]int
}

// NewCatalogue makes a catalogue. Products keep their order; ids are unique.
func NewCatalogue(rules *Rules, products []Product) *Catalogue {
	c := &Catalogue{Rules: rules, products: products, byID: make(map[inventory.ProductID]int, len(products))}
	for i := range products {
		c.byID[products[i].ID] = i
	}
	return c
}

// Products returns all products in their order. The caller must not change them.
func (c *Catalogue) Products() []Product { return c.products }

// Product returns the product with that id, or nil.
func (c *Catalogue) Product(id inventory.ProductID) *Product {
	if i, ok := c.byID[id]; ok {
		return &c.products[i]
	}
	return nil
}

// Enabled counts the products that are fetched.
func (c *Catalogue) Enabled() (n int) {
	for i := range c.products {
		if c.products[i].Enabled {
			n++
		}
	}
	return n
}
