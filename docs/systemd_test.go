package docs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The unit is started by a machine that nobody watches: what it runs must parse.
func TestTheUnitRunsCommandsThatExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/systemd/invd.service"))
	if err != nil {
		t.Fatal(err)
	}
	tree := map[string]*command{}
	explore(t, build(t), nil, tree)
	ran := 0
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if !strings.HasPrefix(key, "ExecStart") {
			continue
		}
		ran++
		value = strings.TrimSuffix(value, " $INVD_ARGS")
		if !strings.HasPrefix(value, "/usr/bin/invd ") {
			t.Errorf("%s, want it to run /usr/bin/invd, where the package puts it", line)
		}
		if err := parse(tree, commandLine{words: commandOf(value)}); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if ran != 2 {
		t.Errorf("%d commands in the unit, want ExecStartPre and ExecStart", ran)
	}
}
