//go:build soak

package main

import "time"

// growByDefault is that of the long form.
const growByDefault = 24 * time.Hour
