package config

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the machine may have no zones of its own
	"unicode"
	"unicode/utf8"
)

// title is text for people.
func title(into *string) scalar {
	const most = 200
	s := scalar{kind: "text", want: "text", bounds: fmt.Sprintf("one line of at most %d characters", most)}
	s.set = func(text string) error {
		offLine := func(c rune) bool { return unicode.In(c, unicode.Cc, unicode.Zl, unicode.Zp) }
		if utf8.RuneCountInString(text) > most || !utf8.ValidString(text) || strings.ContainsFunc(text, offLine) {
			return s.outside(text)
		}
		if strings.ContainsFunc(text, turns) {
			return fmt.Errorf("must not turn the direction of text, got %s", quote(text))
		}
		*into = text
		return nil
	}
	s.text = func() string { return *into }
	return s
}

// turns tells the characters that make a terminal and a browser show what comes
// after them from right to left, or end that: a name must leave its line as it is.
// The marks U+200E, U+200F and U+061C, which names in Arabic or Hebrew have, do not.
func turns(c rune) bool { return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 }

// reserved are the names that jobs without a schedule carry in its place, in
// metrics and in listings.
var reserved = []string{"on-demand", "retry", "backfill"}

// scheduleName is a schedule's name. It becomes the value of a metric label
// and a part of a path of the admin API, hence its alphabet.
func scheduleName(into *string) scalar {
	s := scalar{kind: "name", want: "a name", bounds: "a lower-case letter, then at most 31 of a-z, 0-9, _ and -"}
	s.set = func(text string) error {
		switch {
		case len(text) == 0 || len(text) > 32,
			text[0] < 'a' || text[0] > 'z',
			strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "":
			return s.outside(text)
		case slices.Contains(reserved, text):
			return fmt.Errorf("%s is reserved for jobs that no schedule made", text)
		}
		*into = text
		return nil
	}
	s.text = func() string { return *into }
	return s
}

// zone is a time zone by its IANA name. Local and localtime, which Debian has
// among the names, would depend on the machine.
func zone(r *reader, into **time.Location) scalar {
	s := scalar{kind: "time zone", want: "an IANA time zone such as Asia/Singapore or UTC"}
	s.set = func(text string) error {
		if text == "" || text == "Local" || text == "localtime" {
			return s.unlike(text)
		}
		loc, ok := r.zones[text]
		if !ok {
			var err error
			if loc, err = time.LoadLocation(text); err != nil {
				return s.unlike(text)
			}
			r.zones[text] = loc
		}
		*into = loc
		return nil
	}
	s.text = func() string {
		if *into == nil {
			return ""
		}
		return (*into).String()
	}
	return s
}

// baseURL is where the partner's API begins. What a base cannot carry is
// refused; a password in it would end up in logs.
func baseURL(into **url.URL) scalar {
	s := scalar{kind: "URL", want: "an http or https URL such as https://partner.example/api/v1"}
	s.set = func(text string) error {
		u, err := url.Parse(strings.TrimRight(text, "/"))
		switch {
		case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", !portOK(u.Port()),
			u.RawPath != "" && u.RawPath != u.EscapedPath(): // not escaped
			if strings.Contains(text, "@") {
				return fmt.Errorf("expected %s", s.want) // the text may hold a password
			}
			return s.unlike(text)
		case u.User != nil:
			return fmt.Errorf("must not carry a user or password")
		case strings.ContainsAny(text, "?#"):
			return fmt.Errorf("must not carry a query or fragment, got %s", quote(text))
		}
		*into = u
		return nil
	}
	s.text = func() string {
		if *into == nil {
			return ""
		}
		return (*into).String()
	}
	return s
}

func portOK(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && n > 0
}

// policy is how the next key is chosen.
func policy(into *string) scalar {
	s := scalar{kind: "policy", want: "a policy", bounds: "cadence or adaptive"}
	s.set = func(text string) error {
		switch text {
		case "cadence", "adaptive":
			*into = text
		default:
			return s.outside(text)
		}
		return nil
	}
	s.text = func() string { return *into }
	return s
}
