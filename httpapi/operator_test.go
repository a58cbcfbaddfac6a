package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/report"
)

func (c *fakeController) Trigger(_ context.Context, schedule, by string) (report.Triggered, error) {
	c.say("trigger %s by %s", schedule, by)
	return report.Triggered{Schedule: schedule, Queued: 3}, c.err
}

func (c *fakeController) RetryJob(_ context.Context, id uint64, by string) (report.Retried, error) {
	c.say("retry %d by %s", id, by)
	return report.Retried{Queued: 1}, c.err
}

func (c *fakeController) RetryJobs(_ context.Context, f report.JobFilter, by string) (report.Retried, error) {
	c.say("retry %v of %d by %s", f.States, f.Product, by)
	return report.Retried{Queued: 2}, c.err
}

func (c *fakeController) PurgeJobs(_ context.Context, p report.JobPurge, by string) (report.Purged, error) {
	c.say("purge %v of %d older than %s by %s", p.States, p.Product, p.Age, by)
	return report.Purged{Purged: 7}, c.err
}

func (c *fakeController) Backfills(context.Context) ([]report.Backfill, error) { return nil, c.err }

func (c *fakeController) PlanBackfill(_ context.Context, product inventory.ProductID, from, to inventory.Date) (report.Backfill, error) {
	c.say("plan %d from %d to %d", product, from, to)
	return report.Backfill{Product: product, Cost: report.Cost{Requests: 60}}, c.err
}

func (c *fakeController) StartBackfill(_ context.Context, product inventory.ProductID, from, to inventory.Date, by string) (report.Backfill, error) {
	c.say("backfill %d from %s to %s by %s", product, from, to, by)
	return report.Backfill{ID: 5, Product: product}, c.err
}

func (c *fakeController) CancelBackfill(_ context.Context, id uint64, by string) (bool, error) {
	c.say("cancel %d by %s", id, by)
	return true, c.err
}

func TestWhatAnOperatorAsksForReachesTheEngine(t *testing.T) {
	for _, tt := range []struct {
		path, body string
		code       int
		told       string // "": nothing
		answer     string // part of it
	}{
		{"schedules/today/trigger", "", 200, "trigger today by token", `"queued":3`},
		{"jobs/17/retry", "", 200, "retry 17 by token", `"queued":1`},
		{"jobs/0/retry", "", 400, "", "Invalid job id"},
		{"jobs/x/retry", "", 400, "", "Invalid job id"},
		{"jobs/17/retry", `{"states":[]}`, 400, "", `member \"states\" is not known`},
		{"backfills", `{"product":14,"from":"2026-04-09","to":"2026-05-09"}`, 200, "backfill 14 from 2026-04-09 to 2026-05-09 by token", `"id":5`},
		{"backfills", `{"dry_run":true}`, 200, "plan 0 from 0 to 0", `"requests":60`},
		{"backfills", `{"from":"2026-04-09","to":"2026-04-08"}`, 400, "", "to lies before from"},
		{"backfills", `{"product":0}`, 400, "", "Invalid product id"},
		{"backfills/5/cancel", "", 200, "cancel 5 by token", `"was_open":true`},
		{"backfills/x/cancel", "", 400, "", "Invalid backfill id"},
		{"retry", "", 200, "retry [] of 0 by token", `"queued":2`},
		{"retry", `{"states":["dead","retrying"],"product":14}`, 200, "retry [dead retrying] of 14 by token", ""},
		{"retry", `{"states":["lost"]}`, 400, "", `there is no state \"lost\"`},
		{"retry", `{"older_than":"1h"}`, 400, "", "older_than"},
		{"purge", `{"states":["done"],"older_than":"2d"}`, 200, "purge [done] of 0 older than 48h0m0s by token", `"purged":7`},
		{"purge", `{"older_than":"-1h"}`, 400, "", "older_than"},
		{"purge", `{"product":-1}`, 400, "", "Invalid product id"},
	} {
		t.Run(tt.path+" "+tt.body, func(t *testing.T) {
			h, c, _ := newTestAdmin(AdminOptions{Token: token})
			w := post(h, "/api/v1/"+tt.path, tt.body)
			if w.Code != tt.code || !strings.Contains(w.Body.String(), tt.answer) {
				t.Errorf("%d %s, want %d with %s", w.Code, w.Body, tt.code, tt.answer)
			}
			if got := strings.Join(c.told, "; "); got != tt.told {
				t.Errorf("the engine was told %q, want %q", got, tt.told)
			}
		})
	}
}

func TestABadBodyIsDescribedWithoutOurTypes(t *testing.T) {
	h, _, _ := newTestAdmin(AdminOptions{Token: token})
	got := map[string]string{}
	want := map[string]string{
		`{"from":7}`:                        `bad body: member "from" is of the wrong kind`,
		`{"from":"2026-02-30"}`:             `bad body: member "from": date "2026-02-30": no such day`,
		`{"form":"2026-02-03"}`:             `bad body: member "form" is not known`,
		`{"from":null,"from":null}`:         `bad body: member "from" is there twice`,
		`{"from":"2026-02-03"`:              `bad body: not JSON at byte 20`,
		`[]`:                                `bad body: want an object`,
		`7`:                                 `bad body: want an object`,
		`{"from":{"year":2026}}`:            `bad body: member "from" is of the wrong kind`,
		"{\"from\":\"2026-02-03\"} trailer": `bad body: not JSON at byte 22`,
	}
	for body := range want {
		w := post(h, "/api/v1/products/14/refresh", body)
		var e struct{ Message string }
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
		got[body] = e.Message
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages differ (-want +got):\n%s", diff)
	}
}
