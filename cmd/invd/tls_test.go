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
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"invd/engine/partner/sim"
)

// A pair is a certificate for 127.0.0.1 that has signed itself, and its key.
type pair struct {
	certificate *x509.Certificate
	cert, key   []byte // PEM
}

func newPair(t *testing.T, serial int64) (p pair) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "invd"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Duration(serial) * 24 * time.Hour).Truncate(time.Second),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	if p.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	p.cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	p.key = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	return p
}

// write puts files in the mirror's folder.
func (m *mirror) write(files map[string][]byte) {
	m.t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(m.dir, name), content, 0o600); err != nil {
			m.t.Fatal(err)
		}
	}
}

// scrape returns what /metrics says over the socket.
func (m *mirror) scrape() (string, error) {
	client := m.commands.overSocket()
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://invd/metrics")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

// reloaded sends SIGHUP and waits until metrics have a line that came of it.
func (m *mirror) reloaded(line string) {
	m.t.Helper()
	if err := m.process.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		m.t.Fatal(err)
	}
	if err := eventually(func() error {
		text, err := m.scrape()
		if err == nil && !strings.Contains(text, line+"\n") {
			err = fmt.Errorf("no %s in the metrics", line)
		}
		return err
	}); err != nil {
		m.t.Fatalf("%v\n%s", err, m.process.printed())
	}
}

// trusting returns a client that trusts p and speaks at most the version; 0: any.
func trusting(p pair, version uint16) *http.Client {
	roots := x509.NewCertPool()
	roots.AddCert(p.certificate)
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10, MaxVersion: version}, DisableKeepAlives: true,
	}}
}

// shown returns the certificate that an address shows, to a client that trusts p and
// speaks at most the version.
func shown(address string, p pair, version uint16) (*x509.Certificate, error) {
	resp, err := trusting(p, version).Get("https://" + address + "/-/healthy")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("/-/healthy = %s", resp.Status)
	}
	return resp.TLS.PeerCertificates[0], nil
}

// TestBothListenersSpeakTLSAndAReloadTakesANewCertificate starts a daemon, renews its
// certificates, spoils them, and takes TLS away again. The commands, which use the
// socket, do not notice.
func TestBothListenersSpeakTLSAndAReloadTakesANewCertificate(t *testing.T) {
	t.Parallel()
	m := newMirror(t, mirrorOptions{products: 1, days: 1, limit: 20, per: time.Second, sim: sim.Options{Bookings: -1}})
	plain, err := os.ReadFile(filepath.Join(m.dir, "invd.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const section = "http: {tls: {cert_file: cert.pem, key_file: key.pem}}\nadmin: {tls: {cert_file: cert.pem, key_file: key.pem}}\n"
	first, second := newPair(t, 1), newPair(t, 2)
	m.write(map[string][]byte{"invd.yaml": append([]byte(section), plain...), "cert.pem": first.cert, "key.pem": first.key})
	m.launch()
	groups, err := m.process.await(daemonStarted)
	if err != nil {
		t.Fatalf("%v\n%s", err, m.process.printed())
	}
	expect := func(want pair) {
		t.Helper()
		for _, address := range groups[1:3] {
			for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
				got, err := shown(address, want, version)
				if err != nil || !got.Equal(want.certificate) {
					t.Errorf("%s, %s: %v, certificate %v; want number %v", address, tls.VersionName(version), err, got, want.certificate.SerialNumber)
				}
			}
			if _, err := shown(address, want, tls.VersionTLS11); err == nil {
				t.Errorf("%s speaks TLS 1.1", address)
			}
			if answer, err := fetch("GET", "http://"+address+"/-/healthy", nil); err != nil || !strings.HasPrefix(answer, "HTTP 400") {
				t.Errorf("%s answers plain HTTP with %s, %v; want 400", address, answer, err)
			}
		}
		if err := m.commands.get(t.Context(), "/api/v1/status", nil); err != nil {
			t.Errorf("over the socket: %v", err)
		}
		text, err := m.scrape()
		for _, listener := range []string{"public", "admin"} {
			line := regexp.MustCompile(`invd_tls_certificate_expiry_timestamp_seconds\{listener="` + listener + `"\} (\S+)`).FindStringSubmatch(text)
			var seconds float64
			if line != nil {
				_, err = fmt.Sscan(line[1], &seconds)
			}
			if err != nil || int64(seconds) != want.certificate.NotAfter.Unix() {
				t.Errorf("metrics: %v, %v; want %s to expire at %v", line, err, listener, want.certificate.NotAfter.Unix())
			}
		}
	}
	expect(first)

	m.write(map[string][]byte{"cert.pem": second.cert, "key.pem": second.key})
	expect(first) // nobody has said that they are to be read again
	m.reloaded(`invd_config_reloads_total{result="success"} 1`)
	expect(second)

	m.write(map[string][]byte{"cert.pem": first.cert}) // with the second's key
	m.reloaded(`invd_config_reloads_total{result="failure"} 1`)
	expect(second)
	m.write(map[string][]byte{"cert.pem": bytes.ReplaceAll(first.cert, []byte("A"), []byte("B")), "key.pem": first.key})
	m.reloaded(`invd_config_reloads_total{result="failure"} 2`)
	expect(second)
	text, err := m.scrape()
	if err != nil || !strings.Contains(text, "invd_config_last_reload_successful 0\n") {
		t.Errorf("metrics do not tell of the bad certificate: %v", err)
	}
	if log := m.process.printed(); !strings.Contains(log, "http.tls: tls: private key does not match public key") {
		t.Errorf("the log does not say why: %s", log)
	}

	m.write(map[string][]byte{"invd.yaml": plain})
	m.reloaded(`invd_config_reloads_total{result="success"} 2`)
	for _, address := range groups[1:3] {
		if answer, err := fetch("GET", "http://"+address+"/-/healthy", nil); err != nil || !strings.HasPrefix(answer, "HTTP 200") {
			t.Errorf("without TLS %s answers %s, %v; want 200", address, answer, err)
		}
	}
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, m.process.printed())
	}
}
