package console

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"

	"github.com/clerkknock/clerkknock"
)

var (
	errNoSwitching = &problem{http.StatusForbidden, "Mappings are switched in the program",
		"This console may not enable and disable mappings. Config.SwitchMappings would allow it.", nil}
	errNoMapping = &problem{http.StatusNotFound, "There is no such mapping",
		"The table may have changed since the page was loaded. Load it again.", nil}
)

// switchMapping enables or disables a mapping, in this process and until it ends.
func (c *console) switchMapping(r *http.Request) (page, error) {
	if !c.config.SwitchMappings {
		return page{}, errNoSwitching
	}
	id, on := r.PostFormValue("id"), r.PostFormValue("active") == "yes"
	c.switching.Lock() // two at once would lose one of the two
	defer c.switching.Unlock()
	table := c.config.Source.Mapper()
	all := table.Mappings()
	i := slices.IndexFunc(all, func(m clerkknock.Mapping) bool { return m.ID == id })
	if i < 0 {
		return page{}, errNoMapping
	}
	changed := table.Disable(id)
	if on {
		changed = table.Enable(id)
	}
	if err := c.config.Source.SetMapper(changed); err != nil {
		return page{}, &problem{http.StatusConflict, "This mapping cannot be enabled as it is",
			"The table would be refused: " + clip(err.Error()) + ".", nil}
	}
	c.config.Logger.LogAttrs(r.Context(), slog.LevelWarn, "console: mapping switched",
		slog.String("who", visitorOf(r).name), slog.String("mapping", id), slog.Bool("active", on))
	return goTo("mappings?type=" + url.QueryEscape(all[i].Event)), nil
}
