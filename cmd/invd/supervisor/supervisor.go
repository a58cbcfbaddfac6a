// Package supervisor talks to whoever started the daemon, in systemd's protocols,
// which others speak too: it tells when the daemon is ready, reloads and stops
// (sd_notify(3)), feeds the watchdog, and takes over sockets (sd_listen_fds(3)).
// Without the environment variables that they name, nothing happens.
package supervisor

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
	"golang.org/x/sys/unix"
)

// Ready says that the daemon serves; status is a line for `systemctl status`.
func Ready(status string) error { return tell(daemon.SdNotifyReady + "\nSTATUS=" + status) }

// Stopping says that it drains.
func Stopping() error { return tell(daemon.SdNotifyStopping) }

// Reloading says that it reads its configuration again. Ready ends that.
func Reloading() error {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return fmt.Errorf("monotonic clock: %w", err)
	}
	return tell(fmt.Sprintf("%s\nMONOTONIC_USEC=%d", daemon.SdNotifyReloading, now.Nano()/int64(time.Microsecond)))
}

func tell(state string) error {
	if _, err := daemon.SdNotify(false, state); err != nil {
		return fmt.Errorf("notify the supervisor: %w", err)
	}
	return nil
}

// Watch feeds the supervisor's watchdog three times in its interval, for as long
// as alive returns nil within a third of it, until ctx is done. It returns at once
// if there is no watchdog.
func Watch(ctx context.Context, alive func(context.Context) error) error {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		return fmt.Errorf("watchdog: %w", err)
	}
	if interval == 0 {
		return nil
	}
	ticker := time.NewTicker(interval / 3)
	defer ticker.Stop()
	for {
		feed(ctx, interval/3, alive)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func feed(ctx context.Context, within time.Duration, alive func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if alive(ctx) == nil {
		_, _ = daemon.SdNotify(false, daemon.SdNotifyWatchdog) // the next one may arrive; if none does, that is the watchdog's case
	}
}

// The names of sockets, FileDescriptorName= in their units.
const (
	PublicSocket = "public"
	AdminSocket  = "admin"
)

// Listeners returns the sockets that the supervisor has bound for the daemon, nil
// for one that it has not. A socket of another name is an error.
func Listeners() (public, admin net.Listener, err error) {
	byName, err := activation.ListenersWithNames()
	if err != nil {
		return nil, nil, fmt.Errorf("inherited sockets: %w", err)
	}
	for name, ls := range byName {
		switch {
		case len(ls) != 1 || ls[0] == nil:
			return nil, nil, fmt.Errorf("inherited sockets: %d of the name %q, want one stream socket", len(ls), name)
		case name == PublicSocket:
			public = ls[0]
		case name == AdminSocket:
			admin = ls[0]
		default:
			return nil, nil, fmt.Errorf("inherited sockets: FileDescriptorName is %q, want %q or %q", name, PublicSocket, AdminSocket)
		}
	}
	return public, admin, nil
}
