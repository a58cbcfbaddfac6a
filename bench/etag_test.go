package bench

import (
	"math/rand/v2"
	"net/http"
	"testing"

	"invd/bench/catalogue"
	"invd/engine/refresh"
	"invd/httpapi"
	"invd/storage"
)

// Two answers of a path have one ETag exactly when they have one body: whatever was
// synced in between, the same or not, and however often the daemon was restarted.
func TestETagsFollowContentOverRestarts(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	c := catalogue.Catalogue{Keys: 4, First: tomorrow()}
	tagOf, bodyOf := map[string]string{}, map[string]string{}
	for range 20 {
		untilRestart(t, dir, func(store *storage.Store, public *httpapi.Public) {
			for random.IntN(10) > 0 {
				k := c.Key(random.IntN(c.Keys))
				if _, err := store.Sync(c.Day(k, random.Uint64N(3)), 0, refresh.End{}); err != nil {
					t.Fatal(err)
				}
				for path, query := range map[string]string{"/api/v1/experience/1/slots": "date=" + k.Date.String(), "/api/v1/experience/1/dates": ""} {
					code, tag, b := get(public, path, query)
					name, body := path+"?"+query+" ", string(b)
					if code != http.StatusOK || tag == "" {
						t.Fatalf("%s= %d, ETag %q; want 200 with one", name, code, tag)
					}
					if was, ok := tagOf[name+body]; ok && was != tag {
						t.Errorf("%s: ETags %s and %s of one body; want one", name, was, tag)
					}
					if was, ok := bodyOf[name+tag]; ok && was != body {
						t.Errorf("%s: one ETag %s of two bodies", name, tag)
					}
					tagOf[name+body], bodyOf[name+tag] = tag, body
				}
			}
		})
	}
	if len(bodyOf) < 10 {
		t.Errorf("%d bodies seen; want more than a few", len(bodyOf))
	}
}

// untilRestart runs a life of the daemon's store and handler.
func untilRestart(t *testing.T, dir string, live func(*storage.Store, *httpapi.Public)) {
	t.Helper()
	store, err := storage.Open(dir, storage.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	live(store, openPublic(t, store))
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}
