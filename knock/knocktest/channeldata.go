package knocktest

import "maps"

// setUserChannelData is https://docs.knock.app/api-reference/users/set_channel_data:
// it makes a user who does not exist.
func (a *API) setUserChannelData(c *call) answer { return a.setChannelData(c, userOf(c)) }

// setObjectChannelData is https://docs.knock.app/api-reference/objects/set_channel_data:
// it makes an object that does not exist.
func (a *API) setObjectChannelData(c *call) answer {
	return onObject(c, func(ref Ref) answer { return a.setChannelData(c, ref) })
}

func (a *API) getUserChannelData(c *call) answer { return a.getChannelData(c, userOf(c)) }

func (a *API) getObjectChannelData(c *call) answer {
	return onObject(c, func(ref Ref) answer { return a.getChannelData(c, ref) })
}

func (a *API) unsetUserChannelData(c *call) answer { return a.unsetChannelData(c, userOf(c)) }

func (a *API) unsetObjectChannelData(c *call) answer {
	return onObject(c, func(ref Ref) answer { return a.unsetChannelData(c, ref) })
}

func (a *API) setChannelData(c *call, ref Ref) answer {
	var p problems
	checkID(&p, "id", ref)
	data, ok := c.body["data"].(map[string]any)
	if !ok {
		p.add("data", "is not an object")
	}
	if refused := p.refused(); refused != nil {
		return *refused
	}
	e := a.state.merged(ref, nil)
	e.channels, e.updatedAt = replaced(e.channels, c.vars["channel"], data), c.now
	a.state.entities[ref] = e
	return a.getChannelData(c, ref)
}

func (a *API) getChannelData(c *call, ref Ref) answer {
	data, found := a.state.entities[ref].channels[c.vars["channel"]]
	if !found {
		return missing("channel data")
	}
	return ok(map[string]any{"__typename": "ChannelData", "channel_id": c.vars["channel"], "data": data})
}

func (a *API) unsetChannelData(c *call, ref Ref) answer {
	e := a.state.entities[ref]
	if _, found := e.channels[c.vars["channel"]]; !found {
		if a.config.MissingDeletes404 {
			return missing("channel data")
		}
		return noContent()
	}
	e.channels, e.updatedAt = maps.Clone(e.channels), c.now
	delete(e.channels, c.vars["channel"])
	a.state.entities[ref] = e
	return noContent()
}
