package docs_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommands(t *testing.T) {
	binary := build(t)
	tree := map[string]*command{}
	explore(t, binary, nil, tree)

	t.Run("the table of commands is complete and right", func(t *testing.T) {
		want := map[string][]string{}
		for _, c := range tree {
			if !c.group {
				want[c.usage] = c.ownFlags()
			}
		}
		got := map[string][]string{}
		for _, row := range rows(t, "| command | flags | does |") {
			got[strings.Trim(row[0], "`")] = flagNames(row[1])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("docs/commands.md (-invd --help +document):\n%s", diff)
		}
	})
	t.Run("the table of global flags is complete and right", func(t *testing.T) {
		var got []string
		for _, row := range rows(t, "| flag | default | means |") {
			got = append(got, flagNames(row[0])...)
		}
		slices.Sort(got)
		if diff := cmp.Diff(tree["invd"].ownFlags(), got); diff != "" {
			t.Errorf("docs/commands.md (-invd --help +document):\n%s", diff)
		}
	})
	t.Run("every command line shown is one", func(t *testing.T) {
		n := 0
		for _, d := range documents(t) {
			for _, l := range d.commandLines() {
				n++
				if err := parse(tree, l); err != nil {
					t.Errorf("%s: %s: %v", d.name, strings.Join(l.words, " "), err)
				}
			}
		}
		if n < 40 {
			t.Errorf("found %d command lines, want at least 40: the search for them is broken", n)
		}
	})
	t.Run("every configuration shown is good", func(t *testing.T) {
		n := 0
		for _, name := range []string{"README.md", "docs/setup_guide.md"} {
			for _, b := range read(t, name).blocks {
				if b.info != "yaml" || !strings.Contains(b.text, "base_url") {
					continue
				}
				n++
				folder := t.TempDir()
				file := filepath.Join(folder, "invd.yaml")
				files := map[string]string{file: b.text}
				if slices.ContainsFunc(read(t, name).blocks, func(b block) bool { return b.info == "sh" && strings.Contains(b.text, "partner.key") }) {
					files[filepath.Join(folder, "partner.key")] = "key\n" // as the commands shown make it
				}
				for path, text := range files {
					if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				if out, err := exec.Command(binary, "check", "config", file).CombinedOutput(); err != nil {
					t.Errorf("%s: invd check config: %v\n%s", name, err, out)
				}
			}
		}
		if n < 2 {
			t.Errorf("found %d configurations, want at least 2", n)
		}
	})
}

func build(t *testing.T) string {
	t.Helper()
	dependOnSources(t)
	binary := filepath.Join(t.TempDir(), "invd")
	build := exec.Command("go", "build", "-o", binary, "./cmd/invd")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build ./cmd/invd: %v\n%s", err, out)
	}
	return binary
}

// A command is what --help says of one.
type command struct {
	usage string          // its path and its arguments: "invd explain PRODUCT DATE"
	group bool            // it only holds others
	flags map[string]bool // --name or -n → takes a value; the global ones too
	own   []string        // the long names of its own
}

func (c *command) ownFlags() []string {
	slices.Sort(c.own)
	return c.own
}

// argument bounds how many arguments the command takes.
func (c *command) arguments(at string) (least, most int) {
	for _, arg := range strings.Fields(strings.TrimPrefix(c.usage, at)) {
		if most++; !strings.HasPrefix(arg, "[") {
			least++
		}
	}
	return least, most
}

var (
	helpUsage   = regexp.MustCompile(`(?m)^  (invd.*?)(?: \[flags\])?$`)
	helpSection = regexp.MustCompile(`(?m)^(\S.*):\n((?:^ .*\n?)+)`)
	helpCommand = regexp.MustCompile(`(?m)^  (\S+)`)
	helpFlag    = regexp.MustCompile(`(?m)^ +(?:(-\w), )?(--[\w-]+)( \S+)?`)
)

// explore reads the help of a command and of those it holds into tree, by path.
// help and completion are cobra's, which makes a command for each shell.
func explore(t *testing.T, binary string, at []string, tree map[string]*command) {
	t.Helper()
	help, err := exec.Command(binary, append(slices.Clone(at), "--help")...).Output()
	if err != nil {
		t.Fatalf("invd %v --help: %v", at, err)
	}
	c := &command{flags: map[string]bool{}}
	tree[strings.Join(append([]string{"invd"}, at...), " ")] = c
	for _, s := range helpSection.FindAllSubmatch(append(bytes.TrimSpace(help), '\n'), -1) {
		switch title := string(s[1]); title {
		case "Usage":
			c.usage = string(helpUsage.FindSubmatch(s[2])[1])
		case "Flags", "Global Flags":
			for _, m := range helpFlag.FindAllSubmatch(s[2], -1) {
				long, value := string(m[2]), len(m[3]) > 0
				c.flags[long] = value
				if len(m[1]) > 0 {
					c.flags[string(m[1])] = value
				}
				if title == "Flags" && long != "--help" {
					c.own = append(c.own, long)
				}
			}
		case "Available Commands":
			c.group = !slices.Equal(at, []string{"completion"})
			for _, m := range helpCommand.FindAllSubmatch(s[2], -1) {
				if name := string(m[1]); c.group && name != "help" {
					explore(t, binary, append(slices.Clone(at), name), tree)
				}
			}
		}
	}
	c.usage = strings.TrimSuffix(c.usage, " [command]")
}

// rows returns the cells of the table in docs/commands.md that has this head.
func rows(t *testing.T, head string) (all [][]string) {
	t.Helper()
	_, table, found := strings.Cut(read(t, "docs/commands.md").prose, head+"\n| --- | --- | --- |\n")
	if !found {
		t.Fatalf("docs/commands.md has no table %s", head)
	}
	for line := range strings.Lines(table) {
		line, is := strings.CutPrefix(strings.TrimSpace(line), "| ")
		if !is {
			break
		}
		all = append(all, strings.SplitN(line, " | ", 3))
	}
	return all
}

func flagNames(cell string) (all []string) {
	for _, m := range regexp.MustCompile("`(--[\\w-]+)`").FindAllStringSubmatch(cell, -1) {
		all = append(all, m[1])
	}
	slices.Sort(all)
	return all
}

// A commandLine is one that a document shows: to be typed, or named in a sentence,
// where arguments may be left out.
type commandLine struct {
	words []string // "invd" first
	named bool
}

var inlineCode = regexp.MustCompile("`([^`\n]+)`")

func (d document) commandLines() (all []commandLine) {
	add := func(text string, named bool) {
		if words := commandOf(text); words != nil {
			all = append(all, commandLine{words, named})
		}
	}
	for _, b := range d.blocks {
		for line := range strings.Lines(b.text) {
			line = strings.TrimSpace(line)
			typed, prompt := strings.CutPrefix(line, "$ ")
			_, service, _ := strings.Cut(line, "=")
			switch {
			case prompt, b.info == "sh":
				for part := range strings.SplitSeq(typed, " | ") {
					add(part, false)
				}
			case b.info == "ini" && strings.HasPrefix(line, "Exec"):
				add(service, false)
			}
		}
	}
	for _, m := range inlineCode.FindAllStringSubmatch(d.prose, -1) {
		add(m[1], true)
	}
	return all
}

// word matches one of a shell's words, as far as documents have them.
var word = regexp.MustCompile(`"[^"]*"|'[^']*'|[^\s"']+`)

// commandOf returns the words of an invd command line from invd on, nil when text
// is something else.
func commandOf(text string) []string {
	text, _, _ = strings.Cut(text, " #")
	words := word.FindAllString(text, -1)
	switch {
	case len(words) > 2 && words[0] == "sudo" && words[1] == "-u":
		words = words[3:]
	case len(words) > 1 && words[0] == "sudo" && words[1] == "-E":
		words = words[2:]
	}
	if len(words) > 2 && slices.Equal(words[:2], []string{"go", "run"}) && words[2] == "./cmd/invd" {
		words = words[2:]
	}
	if len(words) < 2 || path.Base(words[0]) != "invd" {
		return nil
	}
	return append([]string{"invd"}, words[1:]...)
}

// parse reports what is wrong with a command line.
func parse(tree map[string]*command, l commandLine) error {
	at, c, args := "invd", tree["invd"], 0
	for i := 1; i < len(l.words); i++ {
		w := l.words[i]
		if !strings.HasPrefix(w, "-") {
			if next := tree[at+" "+w]; next != nil && args == 0 {
				at, c = at+" "+w, next
				continue
			}
			if args++; c.group {
				return fmt.Errorf("%s has no command %s", at, w)
			}
			continue
		}
		name, _, assigned := strings.Cut(w, "=")
		value, known := c.flags[name]
		if !known {
			return fmt.Errorf("%s has no flag %s", at, name)
		}
		if value && !assigned {
			if i++; i == len(l.words) && !l.named {
				return fmt.Errorf("%s needs a value", name)
			}
		}
	}
	least, most := c.arguments(at)
	if at == "invd completion" {
		least, most = 1, 1 // the shell
	}
	if l.named && args == 0 {
		return nil
	}
	if c.group || args < least || args > most {
		return fmt.Errorf("%d arguments for %s", args, c.usage)
	}
	return nil
}
