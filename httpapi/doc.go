// Package httpapi answers HTTP: inventory reads on the public listener, and
// state, metrics and changes on the admin listener.
//
//	GET  /api/v1/experience/{id}/slots?date=   one product on one date
//	GET  /api/v1/experience/{id}/dates         the dates of a product that can be booked
//	     /-/healthy, /-/ready                  on both listeners
//
// docs/api_design.md lists every route with its answers, and a test holds it to
// the routers.
//
// A public read costs one look at a generation counter, one at a cache of
// encoded answers and one write: bodies, ETags and header values are made once
// per change of the data (see answer and answers), and nothing here waits for the
// partner.
//
// The package knows the domain's words and reports, not who provides them:
// Reader, Controller and Observer say what it needs.
package httpapi
