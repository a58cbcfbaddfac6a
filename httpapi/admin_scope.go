package httpapi

import (
	"net/http"

	"github.com/julienschmidt/httprouter"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// A scoper finds in a route's parameters what a change is about.
type scoper func(httprouter.Params) (refresh.Scope, error)

// read does so and notes it for the audit trail.
func (s scoper) read(ps httprouter.Params, d *demand) (refresh.Scope, error) {
	scope, err := s(ps)
	if err == nil {
		d.target = scope.String()
	}
	return scope, err
}

func everything(httprouter.Params) (refresh.Scope, error) { return refresh.Everything, nil }

func oneSchedule(ps httprouter.Params) (refresh.Scope, error) {
	name := ps.ByName("name")
	if name == "" { // which httprouter takes for a value, and a scope for everything
		return refresh.Scope{}, &badRequest{http.StatusBadRequest, "Invalid schedule"}
	}
	return refresh.Scope{Schedule: name}, nil
}

func oneProduct(ps httprouter.Params) (refresh.Scope, error) {
	id, err := inventory.ParseProductID(ps.ByName("id"))
	if err != nil {
		return refresh.Scope{}, &badRequest{http.StatusBadRequest, badID}
	}
	return refresh.Scope{Product: id}, nil
}
