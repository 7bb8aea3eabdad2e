package console

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed pages
var pages embed.FS

// page is what an address shows.
type page struct {
	Title string
	// name is that of its template, in pages.
	name string
	// Data is for the template.
	Data any
	// Live says that the page is loaded again when something has happened.
	Live bool
	// State is what the stream of events says that the page is as of.
	State string
	// status is the answer's. Defaults to 200.
	status int
	// to, if set, is where to go instead, below the root.
	to string
	// file, if set, is what is downloaded instead, as JSON of that name.
	file     []byte
	fileName string
}

// goTo is the page that sends the browser to another one, given by its path below the root.
func goTo(path string) page { return page{to: path} }

// layout is a page with what is around it.
type layout struct {
	page
	// Root is the way to the console's root; links begin with it.
	Root string
	// Version is that of the assets.
	Version string
	Menu    []menuItem
	// Who is who asks, if the host says so; Closed is set if they may see nothing.
	Who              string
	Closed, ReadOnly bool
	// Search is what the search field holds.
	Search string
	Now    when
}

type menuItem struct {
	Name, Path string
	Here       bool
}

// show writes a page as a whole, or the error that its template meets.
func (c *console) show(w http.ResponseWriter, r *http.Request, p page) {
	if p.to != "" {
		w.Header().Set("Location", root(r)+p.to)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	if p.file != nil {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Disposition", `attachment; filename="`+p.fileName+`"`)
		_, _ = w.Write(p.file)
		return
	}
	status := cmp.Or(p.status, http.StatusOK)
	v := visitorOf(r)
	l := layout{page: p, Root: root(r), Version: assetVersion, Who: v.name, Closed: !v.allowed,
		ReadOnly: c.config.ReadOnly, Search: r.URL.Query().Get("search"), Now: c.when(c.config.Now())}
	for _, m := range menu {
		here := r.URL.Path == "/"+m.Path || m.Path != "" && strings.HasPrefix(r.URL.Path, "/"+m.Path+"/")
		l.Menu = append(l.Menu, menuItem{m.Name, m.Path, here})
	}
	var out bytes.Buffer
	if err := templates[p.name].ExecuteTemplate(&out, "layout.html", l); err != nil {
		c.config.Logger.ErrorContext(r.Context(), "console: page failed", "path", r.URL.Path, "error", err)
		http.Error(w, "The console could not make this page. The program's log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w) // who has gone away sees nothing
}

// templates are those of the pages by their name, each with the layout and what they share.
var templates = func() map[string]*template.Template {
	base := template.Must(template.New("").Funcs(funcs).ParseFS(pages, "pages/layout.html", "pages/parts.html"))
	all := make(map[string]*template.Template)
	files, _ := pages.ReadDir("pages") // it is embedded
	for _, file := range files {
		name, _ := strings.CutSuffix(file.Name(), ".html")
		if name == "layout" || name == "parts" {
			continue
		}
		clone := template.Must(base.Clone())
		all[name] = template.Must(clone.ParseFS(pages, "pages/"+file.Name()))
	}
	return all
}()
