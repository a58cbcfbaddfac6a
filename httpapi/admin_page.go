package httpapi

import (
	"bytes"
	"html/template"
	"net/http"

	"github.com/julienschmidt/httprouter"

	"invd/engine/report"
)

// page answers / with the state as plain HTML: no script, nothing loaded.
func (a *admin) page(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	s, err := a.controller.Status(r.Context())
	if err != nil {
		a.fail(w, r, err)
		return
	}
	var b bytes.Buffer
	if err := statusPage.Execute(&b, struct {
		report.Status
		Binary string
	}{s, a.version}); err != nil {
		a.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h["X-Content-Type-Options"] = nosniff
	h["Cache-Control"] = noStore
	_, _ = w.Write(b.Bytes()) // the reader has gone; there is nobody to tell
}

var statusPage = template.Must(template.New("status").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>invd</title></head>
<body>
<h1>invd {{.Binary}}</h1>
<p>{{if .Ready}}Ready{{else}}Not ready{{end}} at {{.Now.Format "2006-01-02 15:04:05 MST"}}, up since {{.Started.Format "2006-01-02 15:04:05 MST"}}.</p>
{{with .Paused}}<p><strong>Paused</strong> by {{.By}}: {{.Reason}}</p>{{end}}
{{with .Infeasible}}<p><strong>{{.}}</strong></p>{{end}}
<h2>Schedules</h2>
<table>
<tr><th>name<th>days<th>every, s<th>stretched, s<th>objective, s<th>fresh<th>stale<th>never<th>paused<th>oldest, s</tr>
{{range .Schedules}}<tr><td>{{.Name}}<td>{{.Days}}<td>{{.EverySeconds}}<td>{{.IntervalSeconds}}<td>{{.ObjectiveSeconds}}<td>{{.Keys.Fresh}}<td>{{.Keys.Stale}}<td>{{.Keys.Never}}<td>{{.Keys.Paused}}<td>{{printf "%.0f" .OldestAgeSeconds}}</tr>
{{end}}</table>
<h2>Queue</h2>
<table>
<tr><th>band<th>jobs<th>oldest, s</tr>
{{range .Bands}}<tr><td>{{.Name}}<td>{{.Jobs}}<td>{{printf "%.0f" .OldestAgeSeconds}}</tr>
{{end}}</table>
<h2>Source</h2>
<p>{{.Source.State}}{{with .Source.Reason}}: {{.}}{{end}}{{with .Source.LastError}} (last error: {{.}}){{end}}</p>
<p>{{.Budget.Available}} requests could go out now. The schedules ask for {{printf "%.0f" .Budget.DemandPerDay}} a day of {{printf "%.0f" .Budget.LimitPerDay}}.</p>
<p>Jobs: {{.Jobs.Pending}} pending, {{.Jobs.Running}} running, {{.Jobs.Retrying}} retrying, {{.Jobs.Dead}} dead.
Products: {{.Products.Active}} active, {{.Products.Paused}} paused, {{.Products.Disabled}} disabled, {{.Products.Gone}} gone.
Store: {{.Store.Days}} days in {{.Store.FileBytes}} bytes.{{with .Store.Broken}} <strong>{{.}}</strong>{{end}}</p>
<p><a href="/api/v1/status">status</a> · <a href="/api/v1/products">products</a> · <a href="/api/v1/jobs">jobs</a> · <a href="/metrics">metrics</a> · <a href="/-/ready?verbose">readiness</a> · <a href="/debug/pprof/">profiles</a></p>
</body>
</html>
`))
