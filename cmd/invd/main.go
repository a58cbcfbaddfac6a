// Command invd mirrors a ticket partner's inventory and serves it over HTTP.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"invd/cmd/invd/config"
	"invd/storage"
)

// Exit codes, as the contract has them.
const (
	exitOK      = 0
	exitFailed  = 1
	exitUsage   = 2
	exitLocked  = 75 // the data dir belongs to another process
	exitRefused = 78 // a configuration or what is on disk
)

func main() {
	// Only net/http's client uses it, to quote what a partner sent that nobody had asked
	// for: in no format of ours, and with the API key if that is what was sent.
	log.SetOutput(io.Discard)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal kills
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root, ran := newRoot(stdout, stderr)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(stderr, "invd: %s\n", strings.ReplaceAll(err.Error(), "\n", "\ninvd: ")) // errors.Join has a line for each
	var usage usageError
	var refused refusedError
	var bad *config.Error
	switch {
	case !*ran, errors.As(err, &usage):
		fmt.Fprintf(stderr, "Usage: %s\nTry '%s --help'.\n", cmd.UseLine(), cmd.CommandPath())
		return exitUsage
	case errors.Is(err, storage.ErrLocked):
		return exitLocked
	case errors.Is(err, storage.ErrFormat), errors.Is(err, config.ErrSecret), errors.As(err, &refused), errors.As(err, &bad):
		return exitRefused
	}
	return exitFailed
}

// A refusedError says that a configuration or a database cannot be used.
type refusedError struct{ error }

// A usageError says that the command line itself is wrong.
type usageError struct{ error }
