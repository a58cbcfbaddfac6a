package config

import "time"

// The tables of keys, in the order of the documentation. Bounds are there for
// slips: each is well beyond what a partner or a machine would stand.

const (
	longest   = 400 * day // of intervals and of horizons
	largestID = 1<<53 - 1 // what every reader of JSON keeps exact
)

func (c *Config) fields(r *reader) []field {
	return []field{
		{key: "timezone", setting: zone(r, &c.Timezone)},
		{key: "partner", required: true, setting: c.Partner.section(r)},
		{key: "refresh", setting: c.Refresh.section()},
		{key: "schedules", setting: list[Schedule]{into: &c.Schedules, item: r.schedule, least: 1, most: 16}},
		{key: "retry", setting: c.Retry.section()},
		{key: "jobs", setting: c.Jobs.section()},
		{key: "cache", setting: c.Cache.section()},
		{key: "http", setting: c.HTTP.section(r)},
		{key: "admin", setting: c.Admin.section(r)},
		{key: "snapshots", setting: optional[Snapshots]{into: &c.Snapshots, blank: defaultSnapshots(), section: r.snapshots}},
		{key: "products", setting: list[Product]{into: &c.Products, blank: defaultProduct(), item: r.product}},
		{key: "products_file", setting: file(r, &c.ProductsFile)},
	}
}

func (p *Partner) section(r *reader) section {
	return section{fields: []field{
		{key: "base_url", required: true, setting: baseURL(&p.BaseURL)},
		{key: "api_key_file", required: true, setting: file(r, &p.APIKeyFile)},
		{key: "timeout", setting: duration(&p.Timeout, 100*time.Millisecond, 5*time.Minute)},
		{key: "max_body", setting: size(&p.MaxBody, 1<<10, 1<<30)},
		{key: "concurrency", setting: whole(&p.Concurrency, 1, 256)},
		{key: "limits", setting: list[Limit]{into: &p.Limits, item: (*Limit).section, least: 1, most: 8}},
	}}
}

func (l *Limit) section() section {
	return section{fields: []field{
		{key: "requests", required: true, setting: whole(&l.Requests, 1, 100_000)},
		{key: "per", required: true, setting: duration(&l.Per, time.Second, 31*day)},
	}}
}

func (f *Refresh) section() section {
	return section{fields: []field{
		{key: "policy", setting: policy(&f.Policy)},
		{key: "read_through", setting: enabled(&f.ReadThrough)},
	}}
}

func (r *reader) schedule(s *Schedule) section {
	return section{
		fields: []field{
			{key: "name", required: true, setting: scheduleName(&s.Name)},
			{key: "days", required: true, setting: whole(&s.Days, 1, int(longest/day))},
			{key: "every", required: true, setting: duration(&s.Every, 100*time.Millisecond, longest)},
			{key: "objective", setting: duration(&s.Objective, 100*time.Millisecond, 4*longest)},
			{key: "max_age", setting: duration(&s.MaxAge, 100*time.Millisecond, 4*longest)},
		},
		check: func(f found) { r.completeSchedule(s, f) },
	}
}

func (y *Retry) section() section {
	return section{
		fields: []field{
			{key: "max_attempts", setting: whole(&y.MaxAttempts, 1, 20)},
			{key: "base", setting: duration(&y.Base, time.Millisecond, time.Hour)},
			{key: "cap", setting: duration(&y.Cap, time.Millisecond, day)},
		},
		check: y.check,
	}
}

func (j *Jobs) section() section {
	return section{fields: []field{
		{key: "keep", setting: duration(&j.Keep, time.Minute, longest)},
		{key: "keep_max", setting: whole(&j.KeepMax, 1, 10_000_000)},
	}}
}

func (c *Cache) section() section {
	return section{fields: []field{
		{key: "max_bytes", setting: size(&c.MaxBytes, 1<<20, 1<<40)},
	}}
}

func (h *HTTP) section(r *reader) section {
	return section{fields: []field{
		{key: "tls", setting: optional[TLS]{into: &h.TLS, section: r.tls}},
	}}
}

func (a *Admin) section(r *reader) section {
	return section{fields: []field{
		{key: "token_file", setting: file(r, &a.TokenFile)},
		{key: "tls", setting: optional[TLS]{into: &a.TLS, section: r.tls}},
	}}
}

func (r *reader) tls(t *TLS) section {
	return section{fields: []field{
		{key: "cert_file", required: true, setting: file(r, &t.CertFile)},
		{key: "key_file", required: true, setting: file(r, &t.KeyFile)},
	}}
}

func (r *reader) snapshots(s *Snapshots) section {
	return section{fields: []field{
		{key: "dir", required: true, setting: file(r, &s.Dir)},
		{key: "every", setting: duration(&s.Every, time.Minute, 31*day)},
		{key: "keep", setting: whole(&s.Keep, 1, 1000)},
	}}
}

func (r *reader) product(p *Product) section {
	return section{
		fields: p.fields(r),
		always: func(f found) {
			if p.ID != 0 { // it has one, and a good one
				r.claim(p.ID, f.at.key("id", f.line("id")), r.file)
			}
		},
	}
}

// fields are also the columns of the products file.
func (p *Product) fields(r *reader) []field {
	return []field{
		{key: "id", required: true, setting: whole(&p.ID, 1, largestID)},
		{key: "name", setting: title(&p.Name)},
		{key: "timezone", setting: zone(r, &p.Zone)},
		{key: "weight", setting: weight(&p.Weight)},
		{key: "enabled", setting: enabled(&p.Enabled)},
	}
}
