//go:build !soak

package app_test

// perMinute is what the partner allows in a week of too many products.
const perMinute = 6
