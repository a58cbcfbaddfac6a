//go:build soak

package main

import "time"

// growFor is that of the long form.
const growFor = 10 * time.Minute
