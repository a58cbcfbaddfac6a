package sim

import "bytes"

// Edits find their way in a body by its text, which works because every body
// is written by AppendSlots: no white space, no escapes, members in one order.

// How many occurrences a rewrite changes.
const (
	once       = 1
	everywhere = -1
)

// rewrite replaces the values that follow marker, for instance `"startTime":`,
// by f of them.
func rewrite(body []byte, marker string, n int, f func(old string) string) []byte {
	out := make([]byte, 0, len(body)+64)
	for ; n != 0; n-- {
		i := bytes.Index(body, []byte(marker))
		if i < 0 {
			break
		}
		i += len(marker)
		end := i + valueLen(body[i:])
		out = append(out, body[:i]...)
		out = append(out, f(string(body[i:end]))...)
		body = body[end:]
	}
	return append(out, body...)
}

// valueLen returns the length of the JSON value at the start of b, given that
// arrays hold no arrays and the objects asked for no objects. Another fault may have
// cut the value off.
func valueLen(b []byte) int {
	switch {
	case len(b) == 0:
		return 0
	case b[0] == '"':
		return min(2+max(0, bytes.IndexByte(b[1:], '"')), len(b))
	case b[0] == '{':
		return 1 + bytes.IndexByte(b, '}')
	case b[0] == '[':
		return 1 + bytes.IndexByte(b, ']')
	}
	if i := bytes.IndexAny(b, ",}]"); i >= 0 {
		return i
	}
	return len(b)
}

// drop removes the members that begin with marker. They must not be the last
// of their object.
func drop(body []byte, marker string, n int) []byte {
	out := make([]byte, 0, len(body))
	for ; n != 0; n-- {
		i := bytes.Index(body, []byte(marker))
		if i < 0 {
			break
		}
		out = append(out, body[:i]...)
		i += len(marker)
		body = body[min(i+valueLen(body[i:])+len(","), len(body)):]
	}
	return append(out, body...)
}

const slotStart = `{"startDate":`

// splitSlots returns the texts of a body's slots, none if it has none.
func splitSlots(body []byte) [][]byte {
	parts := bytes.Split(body, []byte(slotStart))[1:]
	for i, part := range parts {
		parts[i] = append([]byte(slotStart), part[:len(part)-1]...) // without "," or "]"
	}
	return parts
}

func joinSlots(slots [][]byte) []byte {
	body := append([]byte{'['}, bytes.Join(slots, []byte{','})...)
	return append(body, ']')
}

// The constructors of edits.

func to(value string) func(string) string { return func(string) string { return value } }

// values is a fault that rewrites values.
func values(name Fault, about, marker string, n int, f func(old string) string) behaviour {
	return behaviour{name: name, about: about, edit: func(_ *exchange, body []byte) []byte {
		return rewrite(body, marker, n, f)
	}}
}

// without is a fault that leaves members out.
func without(name Fault, about, marker string, n int) behaviour {
	return behaviour{name: name, about: about, edit: func(_ *exchange, body []byte) []byte {
		return drop(body, marker, n)
	}}
}

// replaced is a fault that replaces text wherever it stands.
func replaced(name Fault, about, old, new string) behaviour {
	return behaviour{name: name, about: about, edit: func(_ *exchange, body []byte) []byte {
		return bytes.ReplaceAll(body, []byte(old), []byte(new))
	}}
}

// whole is a fault that sends something else altogether.
func whole(name Fault, about, body string) behaviour {
	return behaviour{name: name, about: about, edit: func(*exchange, []byte) []byte { return []byte(body) }}
}

// slots is a fault that does something to a list of slots that is not empty.
func slots(name Fault, about string, f func(x *exchange, slots [][]byte) [][]byte) behaviour {
	return behaviour{name: name, about: about, edit: func(x *exchange, body []byte) []byte {
		parts := splitSlots(body)
		if len(parts) == 0 {
			return body
		}
		return joinSlots(f(x, parts))
	}}
}
