package httpapi

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"invd/engine/report"
)

// noDatabase is there for its routes.
type noDatabase struct{}

func (noDatabase) Contents() (report.Database, error) { return report.Database{}, nil }
func (noDatabase) Snapshot(context.Context) (*os.File, error) {
	return nil, &report.RefusedError{Reason: "a snapshot is being taken already"}
}

// aDatabase is one whose snapshots hold its text.
type aDatabase string

func (d aDatabase) Contents() (report.Database, error) {
	return report.Database{File: "inventory.db", Bytes: int64(len(d))}, nil
}

func (d aDatabase) Snapshot(context.Context) (*os.File, error) {
	f, err := os.CreateTemp("", "snapshot")
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(string(d))
	_ = os.Remove(f.Name())
	return f, err
}

func TestASnapshotIsSentWholeToWhomMayHaveIt(t *testing.T) {
	text := aDatabase(strings.Repeat("0123456789abcdef", 3*snapshotChunk/16) + "end")
	admin := NewAdmin(AdminOptions{Metrics: http.NotFoundHandler(), Database: text})
	if got := asks(t, admin, "/api/v1/snapshot").StatusCode; got != http.StatusForbidden {
		t.Errorf("over TCP without a token: %d, want 403", got)
	}
	server := httptest.NewServer(Trusted(admin))
	defer server.Close()
	resp, err := http.Post(server.URL+"/api/v1/snapshot", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != string(text) || resp.ContentLength != int64(len(text)) {
		t.Errorf("%d bytes, %v, of a length of %d; want all %d", len(body), err, resp.ContentLength, len(text))
	}

	busy := NewAdmin(AdminOptions{Metrics: http.NotFoundHandler(), Database: noDatabase{}})
	if got := asks(t, Trusted(busy), "/api/v1/snapshot").StatusCode; got != http.StatusConflict {
		t.Errorf("while one is being made: %d, want 409", got)
	}
	none := NewAdmin(AdminOptions{Metrics: http.NotFoundHandler()})
	if got := asks(t, Trusted(none), "/api/v1/snapshot").StatusCode; got != http.StatusNotFound {
		t.Errorf("without a database: %d, want 404", got)
	}
}

// A snapshot that cannot be read to its end is an answer that breaks off.
func TestASnapshotThatBreaksOffDoesNotLookComplete(t *testing.T) {
	server := httptest.NewServer(Trusted(NewAdmin(AdminOptions{Metrics: http.NotFoundHandler(), Database: shrinking{t.TempDir()}})))
	defer server.Close()
	resp, err := http.Post(server.URL+"/api/v1/snapshot", "", nil)
	if err == nil {
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
	}
	if err == nil {
		t.Error("a snapshot that was cut short was read without an error")
	}
}

// shrinking makes snapshots that are shorter when they are read than when measured.
type shrinking struct{ dir string }

func (shrinking) Contents() (report.Database, error) { return report.Database{}, nil }

func (s shrinking) Snapshot(context.Context) (*os.File, error) {
	path := filepath.Join(s.dir, "fifo")
	if err := os.WriteFile(path, make([]byte, snapshotChunk), 0o600); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY, 0) // cannot be read at all
}

func asks(t *testing.T, h http.Handler, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "http://127.0.0.1"+path, nil))
	return w.Result()
}
