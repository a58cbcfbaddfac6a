package httpapi

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Who makes a change, as the audit trail and a pause's By name them.
const (
	bySocket = "socket"
	byToken  = "token"
)

type trusted struct{} // context key

// Trusted marks every request to h as coming over the unix socket, whose file
// mode has checked the caller already. It needs no token.
func Trusted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), trusted{}, true)))
	})
}

func isTrusted(r *http.Request) bool { return r.Context().Value(trusted{}) != nil }

// An authority decides who may change things. It keeps the token's digest only:
// comparing digests takes the same time however much of a guess is right, its
// length included.
type authority struct {
	digest [sha256.Size]byte
	token  bool // there is one
}

func newAuthority(token string) authority {
	return authority{digest: sha256.Sum256([]byte(token)), token: token != ""}
}

// admit returns who r is from, or answers it and returns "". Every wrong token
// gets the same answer.
func (a *authority) admit(w http.ResponseWriter, r *http.Request) (who string) {
	if isTrusted(r) {
		return bySocket
	}
	if !a.token {
		writeError(w, http.StatusForbidden, "changes only over the unix socket")
		return ""
	}
	if lines := r.Header["Authorization"]; len(lines) == 1 {
		scheme, token, _ := strings.Cut(lines[0], " ")
		if who := a.holder(token); who != "" && strings.EqualFold(scheme, "Bearer") {
			return who
		}
	}
	w.Header().Set("WWW-Authenticate", `Bearer realm="invd"`)
	writeError(w, http.StatusUnauthorized, "a bearer token is needed")
	return ""
}

// holder returns byToken if token is the one, else "".
func (a *authority) holder(token string) (who string) {
	digest := sha256.Sum256([]byte(token))
	if a.token && subtle.ConstantTimeCompare(digest[:], a.digest[:]) == 1 {
		return byToken
	}
	return ""
}

// sameSiteOnly refuses changes that a browser makes on behalf of another site.
func sameSiteOnly(h http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, http.StatusForbidden, "cross-site requests are refused")
	}))
	return protection.Handler(h)
}

// localNamesOnly refuses requests that reach a loopback address under a foreign
// name: that is how a page in the operator's browser, whose own name was made to
// resolve to 127.0.0.1 (DNS rebinding), would read what is only for this machine.
func localNamesOnly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isTrusted(r) && onLoopback(r) && !localName(r.Host) {
			writeError(w, http.StatusForbidden, "unknown host")
			return
		}
		h.ServeHTTP(w, r)
	})
}

func onLoopback(r *http.Request) bool {
	addr, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && addr.IP.IsLoopback()
}

// localName reports whether a Host header is an IP address or localhost, with or
// without a port.
func localName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return strings.EqualFold(host, "localhost")
}
