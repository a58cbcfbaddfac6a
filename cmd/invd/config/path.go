package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
)

// credentials is where systemd puts the files of LoadCredential=, the one
// variable that a path may begin with.
const (
	credentialsVariable = "CREDENTIALS_DIRECTORY"
	credentials         = "${" + credentialsVariable + "}"
)

// file is the path of a file, relative to the configuration's folder.
func file(r *reader, into *string) scalar {
	s := scalar{kind: "path", want: "a path"}
	s.set = func(text string) error {
		path, err := r.resolve(text)
		if err != nil {
			return err
		}
		*into = path
		return nil
	}
	s.text = func() string { return *into }
	return s
}

// resolve makes a path absolute. Without the variable in the environment a path
// that begins with it is kept as it is: the file can then be checked outside
// of its unit, and the secret is missed when it is read.
func (r *reader) resolve(text string) (string, error) {
	if strings.TrimSpace(text) == "" || strings.ContainsFunc(text, unicode.IsControl) {
		return "", fmt.Errorf("expected a path, got %s", quote(text))
	}
	path := text
	if rest, ok := strings.CutPrefix(text, credentials+"/"); ok {
		folder := r.getenv(credentialsVariable)
		if folder == "" {
			return text, nil
		}
		if !filepath.IsAbs(folder) {
			return "", fmt.Errorf("%s is not an absolute path: %s", credentialsVariable, quote(folder))
		}
		path = filepath.Join(folder, rest)
	} else if strings.Contains(text, "$") {
		return "", fmt.Errorf("only %s/ at the beginning is expanded, got %s", credentials, quote(text))
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.folder, path)
	}
	return filepath.Clean(path), nil
}
