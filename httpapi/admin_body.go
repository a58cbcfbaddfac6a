package httpapi

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const maxBody = 64 << 10

// readBody reads a JSON object of known members into v; nothing at all is an empty
// object. A query is refused: who says ?from= must not have everything refreshed.
func readBody(r *http.Request, v any) error {
	if r.URL.RawQuery != "" {
		return &badRequest{http.StatusBadRequest, "no query here: members go into the body, a JSON object"}
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return &badRequest{http.StatusUnsupportedMediaType, "the body must not be compressed"}
	}
	b, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		return &badRequest{http.StatusRequestEntityTooLarge, "the body is longer than 64 KiB"}
	}
	if err != nil {
		return &badRequest{http.StatusBadRequest, "the body could not be read"}
	}
	if len(b) == 0 {
		return nil
	}
	if err := json.Unmarshal(b, v, json.RejectUnknownMembers(true)); err != nil {
		return &badRequest{http.StatusBadRequest, echo("bad body: " + complaint(err))}
	}
	return nil
}

// complaint says what is wrong with a body in the words of whoever wrote it: where,
// and what stands there, but nothing of our types.
func complaint(err error) string {
	if syntax := new(jsontext.SyntacticError); errors.As(err, &syntax) {
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return "member " + strconv.Quote(syntax.JSONPointer.LastToken()) + " is there twice"
		}
		return "not JSON at byte " + strconv.FormatInt(syntax.ByteOffset, 10)
	}
	meaning := new(json.SemanticError)
	if !errors.As(err, &meaning) {
		return "not JSON"
	}
	switch at := strconv.Quote(meaning.JSONPointer.LastToken()); {
	case errors.Is(err, json.ErrUnknownName):
		return "member " + at + " is not known"
	case meaning.JSONPointer == "":
		return "want an object"
	case meaning.JSONKind == '"' && meaning.Err != nil: // text that a type of ours refused
		return "member " + at + ": " + meaning.Err.Error()
	default:
		return "member " + at + " is of the wrong kind"
	}
}
