package config

import (
	"bytes"
	_ "embed"
)

//go:embed example.yaml
var example []byte

// Example is the documented example file. It loads as it is beside a
// products.csv; partner.key and admin.token are needed to serve.
func Example() []byte { return bytes.Clone(example) }
