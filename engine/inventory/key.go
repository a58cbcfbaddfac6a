package inventory

import (
	"errors"
	"fmt"
	"strconv"
)

// MaxProductID is the largest product id: the largest integer that JSON readers
// in every language take without loss.
const MaxProductID = 1<<53 - 1

// A ProductID is the partner's integer id of a product, from 1 to MaxProductID.
type ProductID int64

// ParseProductID reads a decimal product id: digits only, no sign, no leading
// zero, in range.
func ParseProductID(s string) (ProductID, error) {
	if len(s) == 0 || len(s) > 16 || s[0] == '0' {
		return 0, fmt.Errorf("product id %.20q: want a number from 1 to %d", s, int64(MaxProductID))
	}
	var n int64
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, fmt.Errorf("product id %.20q: want a number from 1 to %d", s, int64(MaxProductID))
		}
		n = n*10 + int64(c-'0')
	}
	if n > MaxProductID {
		return 0, fmt.Errorf("product id %.20q: want a number from 1 to %d", s, int64(MaxProductID))
	}
	return ProductID(n), nil
}

// String returns the id in decimal.
func (p ProductID) String() string { return strconv.FormatInt(int64(p), 10) }

// A Key names what is scheduled, fetched, stored, cached and served: one product
// on one civil date.
type Key struct {
	Product ProductID
	Date    Date
}

// String returns "14/2026-04-09".
func (k Key) String() string { return k.Product.String() + "/" + k.Date.String() }

// Compare orders keys by product, then date.
func (k Key) Compare(o Key) int {
	switch {
	case k.Product < o.Product:
		return -1
	case k.Product > o.Product:
		return 1
	}
	return int(k.Date) - int(o.Date)
}

// ErrNotFound says that nothing was ever fetched for what was asked.
var ErrNotFound = errors.New("not found")
