package console

import (
	"net"
	"net/http"
	"net/netip"
)

// Loopback is an Authorize for development: it lets in whoever sits at this machine, and
// nobody else. The connection must come from a loopback address, the Host header must name
// one or "localhost", so that no web page can get in by a name of its own that points here,
// and no proxy may have passed the request on. Never use it where a proxy or a tunnel runs
// on the same machine.
func Loopback(r *http.Request) (who string, ok bool) {
	for _, passedOn := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(passedOn) != "" {
			return "", false
		}
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() {
		return "", false
	}
	return "loopback", namesLoopback(r.Host)
}

func namesLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if len(host) > 2 && host[0] == '[' {
		host = host[1 : len(host)-1]
	}
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// visitor is who sends a request.
type visitor struct {
	name    string
	allowed bool
}

type visitorKey struct{}

func visitorOf(r *http.Request) visitor {
	v, _ := r.Context().Value(visitorKey{}).(visitor)
	return v
}

func (c *console) authorize(r *http.Request) (v visitor) {
	if c.config.Authorize != nil {
		v.name, v.allowed = c.config.Authorize(r)
	}
	return v
}

// forbidden says what keeps the page closed, and nothing of what is behind it.
func (c *console) forbidden() error {
	text := "You may not see this console. Ask whoever runs this program to let you in."
	if c.config.Authorize == nil {
		text = "This console has no Authorize, so it lets nobody in. Set console.Config.Authorize to a function that " +
			"knows your own login. On your own machine, console.Loopback is one."
	}
	return &problem{http.StatusForbidden, "This page is closed", text, nil}
}
