//go:build soak

package app_test

// perMinute is what the partner allows in a week of too many products: the real
// partner's limit, and so 450 products.
const perMinute = 30
