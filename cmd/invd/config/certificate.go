package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
)

// ReadCertificates reads what either listener shows who it is with, nil for one that
// speaks plain HTTP. A certificate that does not fit its key is an error, an expired one
// is not: it is still more than none. Errors are ErrSecret and hold nothing of a key.
func (c *Config) ReadCertificates() (public, admin *tls.Certificate, err error) {
	public, err = c.HTTP.TLS.read("http.tls")
	admin, err2 := c.Admin.TLS.read("admin.tls")
	return public, admin, errors.Join(err, err2)
}

func (t *TLS) read(key string) (*tls.Certificate, error) {
	if t == nil {
		return nil, nil
	}
	if err := errors.Join(checkCredentials(key+".cert_file", t.CertFile), checkCredentials(key+".key_file", t.KeyFile)); err != nil {
		return nil, secretError{err}
	}
	cert, err := readPEM(t.CertFile)
	private, err2 := readPEM(t.KeyFile)
	if err := errors.Join(err, err2); err != nil {
		return nil, secretError{fmt.Errorf("%s: %w", key, err)}
	}
	certificate, err := tls.X509KeyPair(cert, private)
	if err != nil {
		return nil, secretError{fmt.Errorf("%s: %w", key, err)}
	}
	return &certificate, nil
}

// maxPEM is more than any chain of certificates is long.
const maxPEM = 1 << 20

// readPEM reads a file, up to a bound: a reload must not take all memory because of
// a path that leads to something else.
func readPEM(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPEM+1))
	if err == nil && len(data) > maxPEM {
		err = fmt.Errorf("%s: longer than %s", path, formatSize(maxPEM))
	}
	return data, err
}
