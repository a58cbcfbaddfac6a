package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxSecret is more than any header line may be long.
const maxSecret = 16 << 10

// ReadAPIKey reads the partner's API key from its file, without the newline at
// the end. An absent or empty file is an error, and so is a key that no HTTP
// header can carry. No error holds anything of the key.
func (c *Config) ReadAPIKey() (string, error) {
	return readSecret("partner.api_key_file", c.Partner.APIKeyFile)
}

// ReadAdminToken reads the admin token, as ReadAPIKey does. It returns "" when
// none is configured, which must never be compared with a request's.
func (c *Config) ReadAdminToken() (string, error) {
	if c.Admin.TokenFile == "" {
		return "", nil
	}
	return readSecret("admin.token_file", c.Admin.TokenFile)
}

// CheckSecrets reads the files with secrets, certificates among them, and returns what is wrong with each, joined.
// unseen names the keys whose files are systemd's credentials, when this process runs
// outside of their unit: there they are not to be seen, and nothing is wrong with that.
func (c *Config) CheckSecrets() (unseen []string, err error) {
	var errs []error
	for _, s := range []struct{ key, path string }{{"partner.api_key_file", c.Partner.APIKeyFile}, {"admin.token_file", c.Admin.TokenFile}} {
		if s.path == "" {
			continue
		}
		_, err := readSecret(s.key, s.path)
		if err != nil && elsewhere(s.path) {
			unseen = append(unseen, s.key)
			continue
		}
		errs = append(errs, err)
	}
	for _, s := range []struct {
		key string
		tls *TLS
	}{{"http.tls", c.HTTP.TLS}, {"admin.tls", c.Admin.TLS}} {
		_, err := s.tls.read(s.key)
		if err != nil && (elsewhere(s.tls.CertFile) || elsewhere(s.tls.KeyFile)) {
			unseen = append(unseen, s.key)
			continue
		}
		errs = append(errs, err)
	}
	return unseen, errors.Join(errs...)
}

// elsewhere reports whether a file is a credential of a unit that this process is no
// part of.
func elsewhere(path string) bool {
	return os.Getenv(credentialsVariable) == "" && (strings.HasPrefix(path, credentials) || strings.HasPrefix(path, "/run/credentials/"))
}

// ErrSecret says that a file with a secret cannot be used.
var ErrSecret = errors.New("secret")

func readSecret(key, path string) (string, error) {
	secret, err := readSecretFile(key, path)
	if err != nil {
		return "", secretError{err}
	}
	return secret, nil
}

// A secretError is an ErrSecret that reads as its cause.
type secretError struct{ error }

func (e secretError) Is(target error) bool { return target == ErrSecret }

func (e secretError) Unwrap() error { return e.error }

// checkCredentials misses the folder of credentials that path lies in.
func checkCredentials(key, path string) error {
	if strings.HasPrefix(path, credentials) {
		return fmt.Errorf("%s: %s is not set; systemd sets it for a unit with LoadCredential=", key, credentialsVariable)
	}
	return nil
}

func readSecretFile(key, path string) (string, error) {
	if err := checkCredentials(key, path); err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	secret, err := cutSecret(string(data))
	if err != nil {
		return "", fmt.Errorf("%s: %s: %w", key, path, err)
	}
	return secret, nil
}

// cutSecret takes the newline off and refuses what would not reach the other
// side as it is: net/http trims spaces around a header's value and refuses
// control characters in it.
func cutSecret(data string) (string, error) {
	secret := strings.TrimRight(data, "\r\n")
	control := func(c rune) bool { return c < ' ' || c == 0x7f }
	switch {
	case len(data) > maxSecret:
		return "", fmt.Errorf("longer than %s", formatSize(maxSecret))
	case secret == "":
		return "", errors.New("empty")
	case strings.TrimSpace(secret) != secret:
		return "", errors.New("begins or ends with a space")
	case strings.ContainsFunc(secret, control):
		return "", errors.New("has a line break or another control character within")
	}
	return secret, nil
}
