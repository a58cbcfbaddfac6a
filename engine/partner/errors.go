package partner

import (
	"strconv"
	"strings"
	"time"

	"invd/engine/inventory"
)

// A Kind is a class of failures: what the caller should do about one.
type Kind uint8

// The kinds.
const (
	Throttled    Kind = 1 + iota // 429, 503 with Retry-After, or a 403 that is a rate limit: hold the API key for Error.Wait
	Unauthorized                 // 401, 403: the API key is not accepted
	NotFound                     // 404, 410: the partner does not know the product
	Refused                      // another 4xx: this request is not taken
	ServerError                  // 5xx
	Timeout                      // no complete answer within Options.Timeout
	Transport                    // no connection, or one that broke before the answer was complete
	BadPayload                   // an answer that cannot be used: another 1xx, 2xx or 3xx status, a web page, no availability
	TooLarge                     // more bytes than Options.MaxBody, or more slots or pax than a date has
	Canceled                     // the caller's context ended: nobody failed
)

var kindNames = [...]string{
	"", "throttled", "unauthorized", "not_found", "refused", "server_error",
	"timeout", "transport", "bad_payload", "too_large", "canceled",
}

// String returns the kind's name, which is also its outcome in metrics.
func (k Kind) String() string { return kindNames[k] }

// Breaks reports whether the kind counts towards the breaker: whether it tells of
// a partner that is down rather than of one that answers.
func (k Kind) Breaks() bool { return k == ServerError || k == Timeout || k == Transport }

const outcomeOK = "ok"

// Outcomes lists every outcome of an HTTP attempt: "ok" and the kinds' names.
func Outcomes() []string {
	all := append([]string(nil), kindNames[:]...)
	all[0] = outcomeOK
	return all
}

// An Error is how a fetch or a decoding failed. Its text never holds the API
// key, and at most a line of what the partner sent.
type Error struct {
	Kind   Kind
	Key    inventory.Key // what was asked for
	Status int           // HTTP status; 0 when there is none or it is not the reason
	Wait   time.Duration // Throttled: how long the API key must hold, 1 s to 5 min
	Msg    string
	err    error
}

// Error returns "14/2026-04-09: server_error: status 502".
func (e *Error) Error() string {
	text := e.Kind.String() + ": " + e.Msg
	if e.Key != (inventory.Key{}) {
		text = e.Key.String() + ": " + text
	}
	return text
}

// Unwrap returns the cause, nil when the answer itself is the cause.
func (e *Error) Unwrap() error { return e.err }

// maxMsg bounds the message of an error that is not ours, in bytes.
const maxMsg = 240

// A scrubbed is an error without the API key, which the partner may have put into
// a status line or header that net/http then quotes.
type scrubbed string

func (s scrubbed) Error() string { return string(s) }

// scrub returns err, or its text without the key where the key is in it.
func (s Secret) scrub(err error) error {
	text := err.Error()
	clean := text
	for _, form := range s.forms() {
		clean = strings.ReplaceAll(clean, form, "[redacted]")
	}
	if clean == text {
		return err
	}
	return scrubbed(clean)
}

// tellingWord is the length in bytes from which a word of a key gives some of it away.
const tellingWord = 4

// forms returns how the key may be written in an error: as it is, as it is quoted,
// for which a quotation mark or a backslash gets another one before it, and as that
// is quoted again, as the error of an URL is within one of net/http. A status line
// is cut at its spaces, hence the words of a key that has some.
func (s Secret) forms() (forms []string) {
	key := s.reveal()
	parts := []string{key}
	if words := strings.Fields(key); len(words) > 1 {
		parts = append(parts, words...)
	}
	for i, part := range parts {
		if part == "" || i > 0 && len(part) < tellingWord {
			continue
		}
		once := quoted(part)
		forms = append(forms, quoted(once), once, part)
	}
	return forms
}

// quoted returns text as %q writes it, without the quotation marks around it.
func quoted(text string) string {
	text = strconv.Quote(text)
	return text[1 : len(text)-1]
}

func shorten(text string) string {
	if len(text) <= maxMsg {
		return text
	}
	return strings.ToValidUTF8(text[:maxMsg], "") + "…"
}
