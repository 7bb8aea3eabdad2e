package knocktest

import "net/http"

// setObject is https://docs.knock.app/api-reference/objects/set.
func (a *API) setObject(c *call) answer {
	return onObject(c, func(ref Ref) answer { return a.put(c, ref, objectView) })
}

func (a *API) getObject(c *call) answer {
	return onObject(c, func(ref Ref) answer { return a.get(ref, objectView) })
}

func (a *API) deleteObject(c *call) answer { return onObject(c, a.delete) }

func (a *API) listObjects(c *call) answer {
	return onObject(c, func(ref Ref) answer { return a.list(c, ref.Collection, objectView) })
}

// onObject keeps users out of the paths for objects: they have their own, with
// other rules.
func onObject(c *call, do func(Ref) answer) answer {
	ref := Ref{c.vars["collection"], c.vars["id"]}
	if ref.Collection == UsersCollection {
		return *refuse(http.StatusUnprocessableEntity, "invalid_params", "The collection is Knock's own.")
	}
	return do(ref)
}
