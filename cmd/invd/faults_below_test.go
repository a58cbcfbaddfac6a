package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A belowHTTP is a partner that is wrong before any HTTP is spoken.
type belowHTTP struct {
	name, kind string // kind as in useless; "" for a control, which is well
	url        string
}

// below makes them all. The certificates are signed by an authority that the daemon
// trusts, but for one.
func (m *misled) below() []belowHTTP {
	m.t.Helper()
	now := time.Now()
	good := &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour)}
	expired, elsewhere := *good, *good
	expired.NotAfter = now.Add(-time.Minute)
	elsewhere.IPAddresses, elsewhere.DNSNames = nil, []string{"partner.example"}
	secure := func(template *x509.Certificate, by authority, version uint16) string {
		return m.secure(&tls.Config{Certificates: []tls.Certificate{by.sign(m.t, template)}, MaxVersion: version})
	}
	return []belowHTTP{
		{"well, over TLS", "", secure(good, m.ca, 0)},
		{"certificate expired", "transport", secure(&expired, m.ca, 0)},
		{"certificate of another host", "transport", secure(&elsewhere, m.ca, 0)},
		{"certificate of an unknown authority", "transport", secure(good, newAuthority(m.t), 0)},
		{"TLS 1.1", "transport", secure(good, m.ca, tls.VersionTLS11)},
		{"plain HTTP where TLS is expected", "transport", strings.Replace(m.plain, "http:", "https:", 1)},
		{"TLS where plain HTTP is expected", "refused", strings.Replace(secure(good, m.ca, 0), "https:", "http:", 1)},
		{"connection refused", "transport", "http://" + m.listen(func(l net.Listener) { _ = l.Close() })},
		{"connection reset", "transport", "http://" + m.listen(resetAll)},
		{"connection that nobody accepts", "timeout", "http://" + m.listen(func(net.Listener) {})},
		{"packets that nobody answers", "timeout", "http://" + m.blackHole()},
		{"no such host", "transport", "http://partner.invalid"},
	}
}

var baseURL = regexp.MustCompile(`base_url: (\S+)/api/v1`)

// sufferBelow goes through them, each put in force by a reload.
func (m *misled) sufferBelow() {
	m.t.Helper()
	text, err := os.ReadFile(filepath.Join(m.dir, "invd.yaml"))
	if err != nil {
		m.t.Fatal(err)
	}
	m.plain = string(baseURL.FindSubmatch(text)[1])
	point := func(url string) {
		m.t.Helper()
		m.write(map[string][]byte{"invd.yaml": bytes.Replace(text, []byte(m.plain), []byte(url), 1)})
		if err := m.commands.post(m.t.Context(), "/-/reload", nil, nil); err != nil {
			m.t.Fatal(err)
		}
	}
	for _, b := range m.below() {
		k := m.open[m.next%len(m.open)]
		m.next++
		m.lower++
		before := m.mustLook(k)
		point(b.url)
		if err := m.meet(k, b.kind); err != nil {
			m.t.Errorf("%s: %v", b.name, err)
		}
		if after := m.mustLook(k); after != before {
			m.t.Errorf("%s changed what is read of %s from\n%+v\nto\n%+v", b.name, k, before, after)
		}
		point(m.plain)
		if err := m.meet(k, ""); err != nil {
			m.t.Fatalf("after %s: %v", b.name, err)
		}
	}
}

// secure serves the partner over TLS.
func (m *misled) secure(c *tls.Config) (url string) {
	server := httptest.NewUnstartedServer(m.witness)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.TLS = c
	server.StartTLS()
	m.t.Cleanup(server.Close)
	return server.URL
}

// listen returns the address of a listener that do is given.
func (m *misled) listen(do func(net.Listener)) string {
	m.t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = l.Close() })
	do(l)
	return l.Addr().String()
}

func resetAll(l net.Listener) {
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
		}
	}()
}

// blackHole returns an address that leaves SYNs without an answer: of a listener whose
// queue is full.
func (m *misled) blackHole() string {
	m.t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		m.t.Fatal(err)
	}
	if err := unix.Listen(fd, 0); err != nil {
		m.t.Fatal(err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		m.t.Fatal(err)
	}
	address := (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: name.(*unix.SockaddrInet4).Port}).String()
	for range 10 {
		c, err := net.DialTimeout("tcp4", address, 200*time.Millisecond)
		if err != nil {
			return address
		}
		m.t.Cleanup(func() { _ = c.Close() })
	}
	m.t.Fatal("a listener's queue has no end")
	return ""
}

// An authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

func newAuthority(t *testing.T) (a authority) {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.pem = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return a
}

// sign returns a certificate of the authority's. Its own key serves, as nobody looks.
func (a authority) sign(t *testing.T, template *x509.Certificate) tls.Certificate {
	t.Helper()
	template.SerialNumber = big.NewInt(2)
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}
}
