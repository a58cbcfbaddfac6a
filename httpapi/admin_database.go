package httpapi

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/julienschmidt/httprouter"

	"invd/engine/report"
)

// A Database is the store's file, as the admin listener shows it. Its methods may
// be called from any goroutine.
type Database interface {
	// Contents reads the file whole.
	Contents() (report.Database, error)

	// Snapshot returns a checked copy of the file, whose name is gone already. It is a
	// *report.RefusedError while another one is being made.
	Snapshot(ctx context.Context) (*os.File, error)
}

// snapshotStall is how long a reader of a snapshot may take for one chunk.
const snapshotStall = time.Minute

const snapshotChunk = 1 << 20

func (a *admin) contents(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(snapshotStall)) // a large file takes longer than most answers
	d, err := a.database.Contents()
	a.answer(w, r, d, err)
}

// snapshot sends a copy of the database. No read transaction is open while it
// does: the copy is a file by then, however slowly it is read.
func (a *admin) snapshot(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	who := a.auth.admit(w, r, "snapshot")
	if who == "" {
		return
	}
	deadline := http.NewResponseController(w)
	_ = deadline.SetWriteDeadline(time.Time{}) // until there is something to write
	f, err := a.database.Snapshot(r.Context())
	var size int64
	if err == nil {
		defer f.Close()
		size, err = f.Seek(0, io.SeekEnd)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	attrs := []slog.Attr{
		slog.String("action", "snapshot"), slog.String("target", "database"), slog.String("who", who),
		slog.String("remote", r.RemoteAddr), slog.Int64("bytes", size),
	}
	if err != nil {
		attrs = append(attrs, slog.Any("err", err))
	}
	a.audit.LogAttrs(r.Context(), slog.LevelInfo, "admin change", attrs...)
	if refused := new(report.RefusedError); errors.As(err, &refused) {
		a.fail(w, r, err)
		return
	}
	if err != nil {
		writeError(w, http.StatusInternalServerError, err.Error()) // whoever may ask may know why
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	for left := size; left > 0; left -= snapshotChunk {
		_ = deadline.SetWriteDeadline(time.Now().Add(snapshotStall))
		if _, err := io.CopyN(w, f, min(left, snapshotChunk)); err != nil {
			panic(http.ErrAbortHandler) // what is short must not look complete
		}
	}
}
