// Package openapi holds the OpenAPI 3.1 documents of both listeners.
//
// They are written by hand and held to the code by tests: every route is in them
// and no other, their schemas have the members of the types they describe (both in
// package httpapi), and every example is what a daemon answers to its x-request
// (cmd/invd/app; go test ./cmd/invd/app -run OpenAPI -update writes them anew).
package openapi

import _ "embed" // for the documents

// Public describes the public listener, in JSON. It must not be changed.
//
//go:embed public.json
var Public []byte

// Admin describes the admin listener, in JSON. It must not be changed.
//
//go:embed admin.json
var Admin []byte
