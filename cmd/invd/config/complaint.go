package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// An Error is one complaint about one line of a configuration or products file.
type Error struct {
	File string // as it was named by the caller or is found from there
	Line int    // from 1; 0: the file as a whole
	Msg  string // begins with the path of the key, if it is about one
}

// Error is the complaint with its place in front, as compilers print it:
// "invd.yaml:12: partner.timout: unknown key (did you mean timeout?)".
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg)
}

// maxComplaints bounds a report: a products file with a wrong column has a
// complaint for each of its rows, and nobody reads more than these.
const maxComplaints = 100

// complaints collects what is wrong with a file. Ready when zero.
type complaints struct {
	list []*Error
	more int // complaints beyond maxComplaints
}

func (c *complaints) add(file string, line int, format string, args ...any) {
	if len(c.list) == maxComplaints {
		c.more++
		return
	}
	c.list = append(c.list, &Error{File: file, Line: line, Msg: fmt.Sprintf(format, args...)})
}

func (c *complaints) count() int { return len(c.list) + c.more }

// err joins the complaints in the order of their lines, those about the file
// called first before all others. It is nil when there are none.
func (c *complaints) err(first string) error {
	if len(c.list) == 0 {
		return nil
	}
	elsewhere := func(e *Error) int {
		if e.File == first {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(c.list, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(elsewhere(a), elsewhere(b)), cmp.Compare(a.Line, b.Line))
	})
	var errs []error
	for _, e := range c.list {
		errs = append(errs, e)
	}
	if c.more > 0 {
		errs = append(errs, &Error{File: first, Msg: fmt.Sprintf("not shown: %d more", c.more)})
	}
	return errors.Join(errs...)
}

// quote shows what a file says, shortened to fit a line.
func quote(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) <= most {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%q…", string([]rune(text)[:most]))
}
