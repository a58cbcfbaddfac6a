package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"time"

	"invd/cmd/invd/app"
)

// clientTimeout bounds one question to the daemon.
const clientTimeout = 30 * time.Second

// get asks the running daemon for path and reads its JSON into v.
func (g *globals) get(ctx context.Context, path string, v any) error {
	return g.ask(ctx, http.MethodGet, path, nil, v)
}

// post has the running daemon change something.
func (g *globals) post(ctx context.Context, path string, body, v any) error {
	return g.ask(ctx, http.MethodPost, path, body, v)
}

func (g *globals) ask(ctx context.Context, method, path string, body, v any) error {
	ctx, cancel := context.WithTimeout(ctx, clientTimeout)
	defer cancel()
	var payload io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		payload = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://invd"+path, payload)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	client := g.overSocket()
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return g.unreachable(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("the daemon's answer: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		var e struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(answer, &e) != nil || e.Message == "" {
			e.Message = resp.Status
		}
		return errors.New(e.Message)
	}
	if v == nil {
		return nil
	}
	if err := json.Unmarshal(answer, v); err != nil {
		return fmt.Errorf("the daemon's answer: %w", err)
	}
	return nil
}

// overSocket returns a client that asks the daemon whatever host it is asked for.
func (g *globals) overSocket() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", app.Socket(g.dataDir))
	}}}
}

// unreachable says why there is no daemon to talk to.
func (g *globals) unreachable(err error) error {
	var op *net.OpError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("no daemon runs on %s (is --data-dir right?)", g.dataDir)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("no right to use %s: run as the daemon's user", app.Socket(g.dataDir))
	case errors.As(err, &op) && op.Op == "dial":
		return fmt.Errorf("no daemon answers on %s: %w", g.dataDir, op.Err)
	}
	return err
}
