package storage

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// A file system of a loop device is shut down under a writer, which loses everything
// that its journal and the writer's flushes did not put on the device. Mounted again,
// it must have all that was acknowledged.
func TestAFileSystemThatIsShutDownKeepsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"ext4", "xfs"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			if violations := cutPower(t, newLoop(t, kind), shutdowns, false); violations > 0 {
				t.Errorf("%d violations in %d power cuts", violations, shutdowns)
			}
			if cutPower(t, newLoop(t, kind), 10, true) == 0 {
				t.Error("a writer that does not flush was not noticed")
			}
		})
	}
}

// cutPower cuts the power so often while a writer is at work, and returns how often
// something was missing then.
func cutPower(t *testing.T, l *loop, cuts int, noSync bool) (violations int) {
	t.Helper()
	random := rand.New(rand.NewPCG(15, 16))
	var dir string
	var acknowledged *promises
	for n := range cuts {
		if n%5 == 0 { // and so now and then when the data dir is made
			dir, acknowledged = filepath.Join(l.dir, fmt.Sprintf("data-%d", n)), newPromises()
		}
		child := exec.Command(os.Args[0])
		if child.Env = append(os.Environ(), crashDir+"="+dir); noSync {
			child.Env = append(child.Env, crashNoSync+"=1")
		}
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if n%5 == 0 {
			<-time.After(time.Duration(random.Int64N(int64(30 * time.Millisecond))))
		} else {
			for range 1 + random.IntN(60) {
				lines.Scan()
				acknowledged.add(lines.Text() + "\n")
			}
		}
		l.shutDown()
		for lines.Scan() { // what is in the pipe was acknowledged before
			acknowledged.add(lines.Text() + "\n")
		}
		if err := child.Wait(); err == nil {
			t.Fatal("the writer ended well on a device that is gone")
		}
		l.remount()
		if err := acknowledged.heldIn(dir); err != nil {
			violations++
			if dir = filepath.Join(l.dir, fmt.Sprintf("data-after-%d", n)); !noSync {
				t.Errorf("cut %d: %v", n, err)
			}
			acknowledged = newPromises()
		}
	}
	t.Logf("%d power cuts, flushed: %v; %d violations", cuts, !noSync, violations)
	return violations
}

// A loop is a file system in a file, mounted.
type loop struct {
	t          *testing.T
	image, dir string
}

func newLoop(t *testing.T, kind string) *loop {
	t.Helper()
	l := &loop{t: t, image: filepath.Join(t.TempDir(), "image"), dir: t.TempDir()}
	size := map[string]int64{"ext4": 256 << 20, "xfs": 512 << 20}[kind]
	if err := errors.Join(os.WriteFile(l.image, nil, 0o600), os.Truncate(l.image, size)); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs."+kind, "-q", l.image).CombinedOutput(); err != nil {
		t.Skipf("needs mkfs.%s: %v %s", kind, err, out)
	}
	if out, err := exec.Command("mount", "-o", "loop", l.image, l.dir).CombinedOutput(); err != nil {
		t.Skipf("needs the right to mount a loop device: %v %s", err, out)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(l.dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return l
}

// The ioctl FS_IOC_SHUTDOWN, and its flag that the journal is not flushed before.
const (
	fsShutdown = 0x8004587d
	noLogFlush = 2
)

func (l *loop) shutDown() {
	l.t.Helper()
	dir, err := os.Open(l.dir)
	if err != nil {
		l.t.Fatal(err)
	}
	defer dir.Close()
	flag := uint32(noLogFlush)
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, dir.Fd(), fsShutdown, uintptr(unsafe.Pointer(&flag))); e != 0 {
		l.t.Skipf("this file system cannot be shut down: %v", e)
	}
}

func (l *loop) remount() {
	l.t.Helper()
	// A child that another test is about to start has what this process had open when it forked.
	err := syscall.Unmount(l.dir, 0)
	for tries := 0; errors.Is(err, syscall.EBUSY) && tries < 200; tries++ {
		<-time.After(20 * time.Millisecond)
		err = syscall.Unmount(l.dir, 0)
	}
	if err != nil {
		l.t.Fatalf("unmount: %v", err)
	}
	if out, err := exec.Command("mount", "-o", "loop", l.image, l.dir).CombinedOutput(); err != nil {
		l.t.Fatalf("mount: %v %s", err, out)
	}
}
