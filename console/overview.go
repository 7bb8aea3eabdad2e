package console

import "net/http"

func (c *console) overview(r *http.Request) (page, error) {
	return page{name: "overview", Title: "Overview", Live: true}, nil
}
