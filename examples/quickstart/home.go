package main

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
)

// home is the host's own page. With the emulated Knock it plays what happens to a user.
var home = template.Must(template.New("home").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Quickstart</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
button { font: inherit; width: 100%; padding: .4rem .8rem; margin: .2rem 0; text-align: left }
</style>
<h1>Quickstart</h1>
<p>This is the host's own page. Clerk posts to <code>/webhooks/clerk</code>.
<p><a href="/console/">The console</a> says what became of each event, and why.
{{if .}}
<p><a href="/knock">What the emulated Knock holds</a>.
<h2>Play</h2>
<p>Each of these happens to somebody new, and leads to the console. Was the user identified in Knock? If not, why?
{{range .}}<form method="post" action="/play/{{.Name}}"><button>{{.Title}}</button></form>
{{end}}{{end}}
`))

// mount shows the page, and plays the cases if there is a player.
func (p *player) mount(mux *http.ServeMux) {
	shown := cases
	if p.knock == nil {
		shown = nil // nobody is to be written into a Knock that is not ours
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = home.Execute(w, shown)
	})
	play := func(w http.ResponseWriter, r *http.Request) {
		i := slices.IndexFunc(shown, func(c playCase) bool { return c.Name == r.PathValue("case") })
		if i < 0 {
			http.NotFound(w, r)
			return
		}
		user := newUser()
		if err := shown[i].play(r.Context(), p, user); err != nil {
			http.Error(w, fmt.Sprintf("%s: %v", shown[i].Title, err), http.StatusInternalServerError)
			return
		}
		look := "search=" + user
		if shown[i].Name == "forged" {
			look = "outcome=refused" // nobody vouches for whom it is about
		}
		http.Redirect(w, r, "/console/events?"+look, http.StatusSeeOther)
	}
	mux.Handle("POST /play/{case}", http.NewCrossOriginProtection().Handler(http.HandlerFunc(play)))
}
