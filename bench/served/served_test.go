package served

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// start runs Serve here and returns its addresses and what tells it something.
func start(t *testing.T, keys int) (addresses map[string]string, tell func(command string) (answer string)) {
	t.Helper()
	commands, in := io.Pipe()
	out, answers := io.Pipe()
	served := make(chan error, 1)
	dir := t.TempDir()
	go func() {
		err := Serve(dir, keys, commands, answers)
		_ = answers.CloseWithError(err) // never fails
		served <- err
	}()
	t.Cleanup(func() {
		_ = in.Close() // never fails
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	lines := bufio.NewReader(out)
	line, err := lines.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &addresses)
	}
	if err != nil {
		t.Fatal(err)
	}
	return addresses, func(command string) string {
		t.Helper()
		if _, err := fmt.Fprintln(in, command); err != nil {
			t.Fatal(err)
		}
		answer, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

func get(t *testing.T, addr, path string) (http.Header, string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	answer, err := client.Get("http://" + addr + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", path, answer.StatusCode, err)
	}
	return answer.Header, string(body)
}

func TestTheBareHandlerWritesWhatInvdWrites(t *testing.T) {
	addresses, _ := start(t, 2*Days)
	first := Keys(2*Days, Today())[0]
	for path, servers := range map[string][]string{
		SlotsPath(first): {Bare, Warm, Cold, Uncounted},
		DatesPath(first): {BareDates, Warm, Cold, Uncounted},
	} {
		wantHeader, wantBody := get(t, addresses[servers[0]], path)
		for _, server := range servers[1:] {
			header, body := get(t, addresses[server], path)
			for _, moving := range []string{"Date", "Age", "Cache-Control"} {
				if len(header[moving]) != len(wantHeader[moving]) {
					t.Errorf("%s of %s: %s %q; bare has %q", path, server, moving, header[moving], wantHeader[moving])
				}
				header.Del(moving)
				wantHeader.Del(moving)
			}
			if diff := cmp.Diff(wantHeader, header); diff != "" {
				t.Errorf("%s: header (-bare +%s):\n%s", path, server, diff)
			}
			if body != wantBody {
				t.Errorf("%s: %s and bare have different bodies", path, server)
			}
			wantHeader, _ = get(t, addresses[servers[0]], path)
		}
	}
}

func TestChangesReachReaders(t *testing.T) {
	addresses, tell := start(t, 2*Days)
	path := SlotsPath(Draw(Keys(2*Days, Today()), Hot)[0])
	was, body := get(t, addresses[Warm], path)
	tell("change 100000")
	for is := was; is.Get("ETag") == was.Get("ETag"); {
		var changed string
		is, changed = get(t, addresses[Warm], path)
		if len(changed) != len(body) {
			t.Fatalf("a changed answer has %d bytes, was %d; want as many", len(changed), len(body))
		}
	}
	if got := tell("quiet"); got == "0\n" {
		t.Errorf("quiet says %q; want how many were synced", got)
	}
}
