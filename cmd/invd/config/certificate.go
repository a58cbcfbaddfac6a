package config

import (
	"crypto/tls"
	"errors"
	"fmt"
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
	certificate, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
	if err != nil {
		return nil, secretError{fmt.Errorf("%s: %w", key, err)}
	}
	return &certificate, nil
}
