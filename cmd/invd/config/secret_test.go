package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecretsAreReadWithoutTheNewlineAtTheEnd(t *testing.T) {
	for content, want := range map[string]string{
		"key": "key", "key\n": "key", "key\r\n": "key", "key\n\n": "key", "k e\n": "k e",
		strings.Repeat("k", maxSecret): strings.Repeat("k", maxSecret),
	} {
		folder := t.TempDir()
		write(t, folder, "k", content)
		c := &Config{Partner: Partner{APIKeyFile: filepath.Join(folder, "k")}, Admin: Admin{TokenFile: filepath.Join(folder, "k")}}
		if got, err := c.ReadAPIKey(); err != nil || got != want {
			t.Errorf("ReadAPIKey of %.20q = %.20q, %v; want %.20q", content, got, err, want)
		}
		if got, err := c.ReadAdminToken(); err != nil || got != want {
			t.Errorf("ReadAdminToken of %.20q = %.20q, %v; want %.20q", content, got, err, want)
		}
	}
}

func TestSecretThatNoHeaderCarriesIsRefusedWithoutShowingIt(t *testing.T) {
	for content, want := range map[string]string{
		"":                                      "empty",
		"\n":                                    "empty",
		" \n":                                   "begins or ends with a space",
		" s3cret":                               "begins or ends with a space",
		"s3cret \n":                             "begins or ends with a space",
		"s3\ncret\n":                            "has a line break or another control character within",
		"s3\x00cret":                            "has a line break or another control character within",
		"s3\tcret":                              "has a line break or another control character within",
		"\ns3cret":                              "begins or ends with a space",
		strings.Repeat("s3cret", maxSecret/6+1): "longer than 16KiB",
	} {
		folder := t.TempDir()
		write(t, folder, "k", content)
		path := filepath.Join(folder, "k")
		c := &Config{Partner: Partner{APIKeyFile: path}}
		got, err := c.ReadAPIKey()
		if got != "" || err == nil || err.Error() != "partner.api_key_file: "+path+": "+want {
			t.Errorf("ReadAPIKey of %.20q = %q, %v; want %s", content, got, err, want)
		}
	}
}

func TestAbsentSecrets(t *testing.T) {
	c := &Config{Partner: Partner{APIKeyFile: filepath.Join(t.TempDir(), "k")}}
	_, err := c.ReadAPIKey()
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "partner.api_key_file: ") {
		t.Errorf("ReadAPIKey = %v, want fs.ErrNotExist with the key's name", err)
	}
	if got, err := c.ReadAdminToken(); got != "" || err != nil {
		t.Errorf("ReadAdminToken without a file = %q, %v; want nothing", got, err)
	}
	c.Admin.TokenFile = c.Partner.APIKeyFile
	if _, err := c.ReadAdminToken(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadAdminToken = %v, want fs.ErrNotExist", err)
	}
}
