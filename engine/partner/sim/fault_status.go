package sim

import (
	"net/http"
	"strconv"
	"strings"
)

// statusFaults answer with a status other than 200 and 429.
var statusFaults = []behaviour{
	status(http.StatusBadRequest, "Bad Request"),
	status(http.StatusUnauthorized, "Unauthorized"),
	status(http.StatusForbidden, "Forbidden"),
	status(http.StatusNotFound, "Product not found"),
	status(http.StatusGone, "Gone"),
	status(http.StatusInternalServerError, "Internal Server Error"),
	status(http.StatusBadGateway, "Bad Gateway"),
	status(http.StatusServiceUnavailable, "Service Unavailable"),
	status(http.StatusGatewayTimeout, "Gateway Timeout"),
	{
		name: "503-retry-after", about: "503 with Retry-After: 30", status: http.StatusServiceUnavailable,
		serve: func(x *exchange) {
			x.w.Header().Set("Retry-After", "30")
			x.json(http.StatusServiceUnavailable, errorBody(http.StatusServiceUnavailable, "Service Unavailable"))
		},
	},
	{
		name: "500-html", about: "500 with a page of HTML", status: http.StatusInternalServerError,
		serve: func(x *exchange) {
			x.w.Header().Set("Content-Type", "text/html; charset=utf-8")
			x.w.WriteHeader(http.StatusInternalServerError)
			_, _ = x.w.Write([]byte(errorPage))
		},
	},
	{
		name: "403-rate-limit", about: "a 403 whose body is that of a 429", status: http.StatusForbidden,
		serve: func(x *exchange) { x.json(http.StatusForbidden, x.throttled40s()) },
	},
	{name: "204", about: "204 without a body", status: http.StatusNoContent, serve: bare(http.StatusNoContent)},
	{name: "304", about: "304 that nobody asked for", status: http.StatusNotModified, serve: bare(http.StatusNotModified)},
	{
		name: "etag", about: "a good answer with an ETag, 304 to If-None-Match", status: http.StatusOK,
		serve: func(x *exchange) {
			tag := `"` + strconv.FormatUint(x.p.Version(x.key.product, x.date, x.arrived), 16) + `"`
			x.w.Header().Set("ETag", tag)
			if x.r.Header.Get("If-None-Match") == tag {
				x.w.WriteHeader(http.StatusNotModified)
				return
			}
			x.json(http.StatusOK, x.body)
		},
	},
	redirect("redirect", "302 to another host", func(x *exchange) string { return x.p.opts.RedirectTo }),
	redirect("redirect-same", "302 to another path of the same host", func(x *exchange) string { return "/elsewhere" }),
	redirect("redirect-loop", "302 to the same URL", func(x *exchange) string { return x.r.URL.RequestURI() }),
	redirect("redirect-downgrade", "302 to the same URL over plain http", func(x *exchange) string {
		return "http://" + x.r.Host + x.r.URL.RequestURI()
	}),
}

func status(code int, message string) behaviour {
	return behaviour{
		name:   Fault(strconv.Itoa(code)),
		about:  strconv.Itoa(code) + " with a JSON error",
		status: code,
		serve:  func(x *exchange) { x.json(code, errorBody(code, message)) },
	}
}

func bare(code int) func(x *exchange) { return func(x *exchange) { x.w.WriteHeader(code) } }

func redirect(name Fault, about string, to func(x *exchange) string) behaviour {
	return behaviour{name: name, about: about, status: http.StatusFound, serve: func(x *exchange) {
		x.w.Header().Set("Location", to(x))
		x.w.WriteHeader(http.StatusFound)
	}}
}

// errorPage is what a proxy shows when what is behind it is broken.
var errorPage = "<!DOCTYPE html><html><head><title>Oops</title></head><body>" +
	strings.Repeat("<p>Something went wrong.</p>", 20) + "</body></html>"
