package console

import (
	"context"
	"net/http"
)

// route is an address, and what serves it.
type route struct {
	pattern string
	serve   func(*console, *http.Request) (page, error)
	// changes says that it changes something: read-only consoles refuse it.
	changes bool
}

// routes are all pages. A page is a function that returns what to show, and a template of
// its name in pages.
var routes = []route{
	{pattern: "GET /{$}", serve: (*console).overview},
	{pattern: "GET /events", serve: (*console).events},
	{pattern: "GET /events/{at}", serve: (*console).event},
	{pattern: "POST /events/{at}", serve: (*console).reveal},
	{pattern: "POST /events/{at}/payload.json", serve: (*console).payload},
	{pattern: "GET /people/{id}", serve: (*console).person},
	{pattern: "GET /organizations/{id}", serve: (*console).organization},
	{pattern: "GET /do/{act}", serve: (*console).confirm, changes: true},
	{pattern: "POST /do/{act}", serve: (*console).confirmed, changes: true},
	{pattern: "GET /mappings", serve: (*console).mappings},
	{pattern: "POST /mappings", serve: (*console).mappings},
	{pattern: "POST /mappings/switch", serve: (*console).switchMapping, changes: true},
	{pattern: "GET /rehearse", serve: (*console).rehearse},
	{pattern: "POST /rehearse", serve: (*console).rehearseNow},
	{pattern: "GET /try", serve: (*console).try},
	{pattern: "POST /try", serve: (*console).tryNow},
}

// menu are the pages that every page links to, by their address below the root.
var menu = []struct{ Name, Path string }{
	{"Overview", ""},
	{"Events", "events"},
	{"Mappings", "mappings"},
	{"Rehearse", "rehearse"},
	{"Try a change", "try"},
}

// maxForm bounds what a page may be sent.
const maxForm = 4 << 20

func (c *console) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, route := range routes {
		mux.HandleFunc(route.pattern, func(w http.ResponseWriter, r *http.Request) {
			if route.changes && c.config.ReadOnly {
				c.fail(w, r, errReadOnly)
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			if r.Method == http.MethodPost && r.ParseForm() != nil {
				c.fail(w, r, errForm)
				return
			}
			state := c.live.state(r.Context()) // before: what comes meanwhile is no longer missed
			p, err := route.serve(c, r)
			p.State = state
			if err != nil {
				c.fail(w, r, err)
				return
			}
			c.show(w, r, p)
		})
	}
	mux.Handle("GET /live", c.live)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { c.fail(w, r, errNotFound) })
	return mux
}

// ServeHTTP guards what routes serves. Only the stylesheet, the script and the icon are
// for everybody: the page that says 403 needs them.
func (c *console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header())
	inner, ok := below(r)
	if !ok {
		redirectToRoot(w, r)
		return
	}
	if serveAsset(w, inner) {
		return
	}
	v := c.authorize(r)
	inner = inner.WithContext(context.WithValue(inner.Context(), visitorKey{}, v))
	switch {
	case !v.allowed:
		c.fail(w, inner, c.forbidden())
	case c.cross.Check(inner) != nil:
		c.fail(w, inner, errCrossOrigin)
	case !isClean(inner.URL.Path):
		c.fail(w, inner, errNotFound) // the mux would redirect to a path without the prefix
	default:
		c.mux.ServeHTTP(w, inner)
	}
}
