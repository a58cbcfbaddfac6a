package partner

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// maxIdle is how many connections wait for their next request: as many as may be
// in flight by the configuration, or each burst would dial anew.
const maxIdle = 256

// newTransport returns a transport for one host that is asked a few times a minute.
// It speaks HTTP/1.1 only: there is nothing to multiplex, and HTTP/2 sends some
// requests again by itself.
func newTransport(timeout time.Duration) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	dialer := &net.Dialer{Timeout: min(timeout, 5*time.Second), KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    min(timeout, 5*time.Second),
		ResponseHeaderTimeout:  timeout,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost:    maxIdle,
		IdleConnTimeout:        30 * time.Second, // then the host name is looked up anew
		Protocols:              protocols,
	}
}
