// Package config reads invd's configuration file: strictly, and with the line
// of everything it complains about.
//
//	c, err := config.Load("/etc/invd/invd.yaml")
//
// The file is YAML; docs/configuration.md describes its keys. An unknown key, a
// key set twice, a value of the wrong type or out of bounds is an error, and
// Load reports all of them at once: a file is either understood completely or
// refused, never half applied.
//
// # How it works
//
// Each part of a Config lists its keys once, in a table of fields
// (schema.go). A field's setting knows how to take its value from YAML, what
// it accepts, and how to give the value back. Reading, the products file,
// Show and the test that holds the documentation to the code all walk these
// same tables, so a key that is added there is added everywhere.
//
// Secrets are never part of a Config: it has the paths of their files, and
// ReadAPIKey and ReadAdminToken read them when they are needed. A Config can
// therefore be shown and logged, and a file can be checked on a machine that has
// no secrets.
package config
