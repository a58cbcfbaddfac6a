package httpapi

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Who makes a change, as the audit trail and a pause's By name them.
const (
	bySocket = "socket"
	byToken  = "token"
)

// Why somebody is refused, a closed set.
const (
	refusedNoToken    = "no_token"
	refusedWrongToken = "wrong_token"
	refusedTries      = "too_many_tries"
	refusedTCP        = "socket_only" // there is no token
	refusedCrossSite  = "cross_site"
	refusedHost       = "unknown_host"
)

// Refusals returns every reason that Observer.Refused can be called with.
func Refusals() []string {
	return []string{refusedNoToken, refusedWrongToken, refusedTries, refusedTCP, refusedCrossSite, refusedHost}
}

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
	digest   [sha256.Size]byte
	token    bool // there is one
	tries    tries
	observer Observer
	log      *slog.Logger
}

func newAuthority(token string, o Observer, log *slog.Logger) *authority {
	return &authority{digest: sha256.Sum256([]byte(token)), token: token != "", observer: o, log: log}
}

// A verdict is who somebody is, or why he is refused.
type verdict struct {
	who     string        // "": refused
	refused string        // one of Refusals
	wait    time.Duration // until another try is listened to, of refusedTries
}

// judge returns who r is from, which shows token ("": none) for an action. What is
// refused is counted, and logged as long as its address has tries left: there are no more
// lines than tries.
func (a *authority) judge(r *http.Request, token, action string) (v verdict) {
	left := 0
	switch {
	case isTrusted(r):
		return verdict{who: bySocket}
	case !a.token:
		v.refused = refusedTCP
	case token == "":
		v.refused = refusedNoToken
	default:
		digest := sha256.Sum256([]byte(token))
		right := subtle.ConstantTimeCompare(digest[:], a.digest[:]) == 1
		v.wait, left = a.tries.check(guesserAt(r.RemoteAddr), time.Now(), right)
		switch {
		case v.wait > 0:
			v.refused = refusedTries
		case !right:
			v.refused = refusedWrongToken
		default:
			return verdict{who: byToken}
		}
	}
	a.observer.Refused(v.refused)
	attrs := []slog.Attr{slog.String("action", action), slog.String("reason", v.refused), slog.String("remote", r.RemoteAddr)}
	if v.refused == refusedWrongToken {
		attrs = append(attrs, slog.Int("tries_left", left))
	}
	if v.refused != refusedTries {
		a.log.LogAttrs(r.Context(), slog.LevelWarn, "admin change refused", attrs...)
	}
	return v
}

// admit returns who r is from, or answers it and returns "". Every wrong token
// gets the same answer.
func (a *authority) admit(w http.ResponseWriter, r *http.Request, action string) (who string) {
	v := a.judge(r, bearer(r), action)
	switch v.refused {
	case "":
	case refusedTCP:
		writeError(w, http.StatusForbidden, "changes only over the unix socket")
	case refusedTries:
		v.sayWhen(w)
		writeError(w, http.StatusTooManyRequests, "too many wrong tokens")
	default:
		w.Header().Set("WWW-Authenticate", `Bearer realm="invd"`)
		writeError(w, http.StatusUnauthorized, "a bearer token is needed")
	}
	return v.who
}

// sayWhen tells when another try is listened to.
func (v verdict) sayWhen(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(v.wait.Seconds()))))
}

// bearer returns the token that r shows, "" if it shows none or more than one.
func bearer(r *http.Request) string {
	lines := r.Header["Authorization"]
	if len(lines) != 1 {
		return ""
	}
	if scheme, token, _ := strings.Cut(lines[0], " "); strings.EqualFold(scheme, "Bearer") {
		return token
	}
	return ""
}

// sameSiteOnly refuses changes that a browser makes on behalf of another site.
func (a *authority) sameSiteOnly(h http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		a.observer.Refused(refusedCrossSite)
		writeError(w, http.StatusForbidden, "cross-site requests are refused")
	}))
	return protection.Handler(h)
}

// localNamesOnly refuses requests that reach a loopback address under a foreign
// name: that is how a page in the operator's browser, whose own name was made to
// resolve to 127.0.0.1 (DNS rebinding), would read what is only for this machine.
func (a *authority) localNamesOnly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isTrusted(r) && onLoopback(r) && !localName(r.Host) {
			a.observer.Refused(refusedHost)
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
