package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/spf13/cobra"

	"invd/cmd/invd/app"
	"invd/storage"
)

func newSnapshot(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "snapshot FILE", Short: "Copy the database as it is at one moment, of a running daemon too", Args: cobra.ExactArgs(1),
		Long: `Snapshot asks the daemon that runs on --data-dir for a copy of its database, or
copies the file when none runs. FILE appears when the copy is on disk and every
record of it was found good, and its SHA-256 beside it as FILE.sha256, for
sha256sum -c. A file that was there before is replaced; anything else, as
/dev/stdout, is left alone.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			file, database := args[0], g.database(nil)
			if sameFile(file, database) {
				return usageError{fmt.Errorf("%s is the database itself", file)}
			}
			take := func() (storage.Copy, error) { return storage.SnapshotDir(g.dataDir, file) }
			if g.running() {
				take = func() (storage.Copy, error) { return g.download(cmd.Context(), file) }
			}
			copied, err := take()
			if err != nil {
				return err
			}
			return g.print(output, copied, func() {
				fmt.Fprintf(g.out, "%s: %s, every record good, sha256 %s\n", copied.File, size(copied.Bytes), copied.SHA256)
			})
		}}
	outputFlag(c, &output)
	return c
}

// running reports whether a daemon answers on the data dir's socket.
func (g *globals) running() bool {
	c, err := net.Dial("unix", app.Socket(g.dataDir))
	if err != nil {
		return false
	}
	_ = c.Close() // nothing was said
	return true
}

// download has the daemon take a snapshot and stores what it sends. It takes as
// long as it takes.
func (g *globals) download(ctx context.Context, file string) (storage.Copy, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://invd/api/v1/snapshot", nil)
	if err != nil {
		return storage.Copy{}, err
	}
	client := g.overSocket()
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return storage.Copy{}, g.unreachable(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return storage.Copy{}, refusal(resp)
	}
	return storage.WriteSnapshot(file, func(w io.Writer) error {
		_, err := io.Copy(w, resp.Body)
		return err
	})
}

// refusal is the daemon's reason for an answer that is no success.
func refusal(resp *http.Response) error {
	var e struct {
		Message string `json:"message"`
	}
	if json.NewDecoder(resp.Body).Decode(&e) != nil || e.Message == "" {
		e.Message = resp.Status
	}
	return errors.New(e.Message)
}
