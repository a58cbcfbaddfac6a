package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestACertificateThatCannotBeUsedIsRefusedWithItsSection(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "cert.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "key.pem", "s3cret\n")
	at := func(cert, key string) *TLS { return &TLS{CertFile: cert, KeyFile: key} }
	in := func(name string) string { return filepath.Join(folder, name) }
	for _, tt := range []struct {
		name string
		tls  *TLS
		want string // after the section
	}{
		{"absent", at(in("none.pem"), in("key.pem")), ": open " + in("none.pem")},
		{"absent key", at(in("cert.pem"), in("none.pem")), ": open " + in("none.pem")},
		{"no PEM", at(in("key.pem"), in("key.pem")), ": tls: failed to find any PEM data in certificate input"},
		{"key that is no PEM", at(in("cert.pem"), in("key.pem")), ": tls: failed to find any PEM data in key input"},
		{"without an end", at("/dev/zero", in("key.pem")), ": /dev/zero: longer than 1MiB"},
		{"no credentials", at(credentials+"/cert.pem", in("key.pem")), ".cert_file: CREDENTIALS_DIRECTORY is not set"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for section, c := range map[string]*Config{"http.tls": {HTTP: HTTP{TLS: tt.tls}}, "admin.tls": {Admin: Admin{TLS: tt.tls}}} {
				public, admin, err := c.ReadCertificates()
				if !errors.Is(err, ErrSecret) || !strings.HasPrefix(err.Error(), section+tt.want) || public != nil || admin != nil {
					t.Errorf("ReadCertificates = %v, %v, %v; want %s%s", public, admin, err, section, tt.want)
				}
				if err != nil && strings.Contains(err.Error(), "s3cret") {
					t.Errorf("the error shows the key: %v", err)
				}
			}
		})
	}
	if public, admin, err := new(Config).ReadCertificates(); public != nil || admin != nil || err != nil {
		t.Errorf("ReadCertificates without tls = %v, %v, %v; want nothing", public, admin, err)
	}
}
