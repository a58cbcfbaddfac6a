package partner

import (
	"fmt"
	"io"
)

// A Secret holds the API key where printing does not reach it: every verb of fmt,
// slog and the encoders write "[redacted]" instead. The text is behind a pointer
// because fmt ignores the methods of unexported fields. The zero Secret is "".
type Secret struct{ text *string }

// NewSecret returns text as a Secret.
func NewSecret(text string) Secret { return Secret{&text} }

// Format writes "[redacted]", whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// MarshalText writes "[redacted]".
func (Secret) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

func (s Secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}
