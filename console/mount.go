package console

import (
	"net/http"
	"net/url"
	"path"
	"strings"
)

// below returns the request with its path below the console's root, and whether it is
// there: the root itself without its slash is not.
func below(r *http.Request) (*http.Request, bool) {
	inner := r.WithContext(r.Context())
	u := *r.URL
	inner.URL = &u
	rest := strings.TrimPrefix(r.URL.EscapedPath(), mountedAt(r))
	if whole := requested(r); rest == "" && !strings.HasSuffix(whole, "/") {
		return inner, false
	}
	if !strings.HasPrefix(rest, "/") {
		rest = "/" + rest // http.StripPrefix has taken the slash, too
	}
	decoded, err := url.PathUnescape(rest)
	if err != nil {
		decoded = rest
	}
	u.Path, u.RawPath = decoded, rest
	inner.URL = &u
	return inner, true
}

// mountedAt returns the prefix that is still on the request's path: what the pattern says
// under which a mux has found the console, unless http.StripPrefix has taken it off since.
func mountedAt(r *http.Request) string {
	_, pattern, ok := strings.Cut(r.Pattern, "/")
	if !ok {
		return ""
	}
	segments := strings.Split(pattern, "/")
	segments = segments[:len(segments)-1] // after the last slash there is nothing, or a wildcard for the rest
	rest := r.URL.EscapedPath()
	prefix := ""
	for _, segment := range segments {
		actual, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
		if !strings.HasPrefix(rest, "/") || segment != actual && !strings.HasPrefix(segment, "{") {
			return ""
		}
		prefix += "/" + actual
		rest = rest[len(actual)+1:]
	}
	if prefix != "" && strings.HasSuffix(requested(r), prefix+r.URL.EscapedPath()) {
		return ""
	}
	return prefix
}

// requested is the path that was asked for, whatever has been taken off it since.
func requested(r *http.Request) string {
	p, _, _ := strings.Cut(r.RequestURI, "?")
	return p
}

// root is the way from a page to the console's root, whatever is before that: "./" or
// "../" as often as the page is deep.
func root(r *http.Request) string {
	depth := strings.Count(r.URL.EscapedPath(), "/") - 1
	if depth <= 0 {
		return "./"
	}
	return strings.Repeat("../", depth)
}

// redirectToRoot adds the slash that relative links need.
func redirectToRoot(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", "./"+path.Base(requested(r))+"/")
	w.WriteHeader(http.StatusPermanentRedirect)
}

// isClean reports whether http.ServeMux takes a path as it is.
func isClean(p string) bool {
	clean := path.Clean(p)
	return p == clean || p == clean+"/"
}
