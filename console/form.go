package console

import "net/http"

// What is wrong with a form.
var (
	errForm = &problem{http.StatusRequestEntityTooLarge, "This form cannot be read",
		"It is larger than 4 MB, or it did not arrive as a whole. Clerk's events are under 350 kB.", nil}
	errUnusable = &problem{http.StatusBadRequest, "This form cannot be used",
		"It lacks what the console's own pages put into it. Go back, load the page again, and retry.", nil}
)
