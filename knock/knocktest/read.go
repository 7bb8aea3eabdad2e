package knocktest

// User returns a user.
func (a *API) User(id string) (User, bool) {
	e, ok := a.entity(Ref{UsersCollection, id})
	return e.user(), ok
}

// Users returns all users, by ID.
func (a *API) Users() []User { return a.Snapshot().Users }

// Tenant returns a tenant.
func (a *API) Tenant(id string) (Tenant, bool) {
	e, ok := a.entity(Ref{TenantsCollection, id})
	return Tenant(e.user()), ok
}

// Tenants returns all tenants, by ID.
func (a *API) Tenants() []Tenant { return a.Snapshot().Tenants }

// Object returns an object.
func (a *API) Object(collection, id string) (Object, bool) {
	e, ok := a.entity(Ref{collection, id})
	return e.object(), ok
}

// Objects returns the objects of a collection, by ID.
func (a *API) Objects(collection string) []Object {
	defer a.settle()()
	return a.objects(func(c string) bool { return c == collection })
}

// Subscriptions returns the subscriptions to an object, or to a tenant in the
// collection TenantsCollection, by recipient.
func (a *API) Subscriptions(collection, id string) []Subscription {
	defer a.settle()()
	return a.subscriptions(func(s subscription) bool { return s.object == Ref{collection, id} })
}

// AudienceMembers returns the members of an audience, by user and tenant; none
// if it does not exist.
func (a *API) AudienceMembers(key string) []AudienceMember {
	defer a.settle()()
	return a.members(key)
}

// Triggers returns the workflows that were triggered, the oldest first, up to
// Config.History. A replay by idempotency key is not one.
func (a *API) Triggers() []Trigger {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.triggers()
}

// Cancels returns the calls to cancel a workflow, the oldest first, up to
// Config.History.
func (a *API) Cancels() []Cancel {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cancels()
}

func (a *API) entity(ref Ref) (entity, bool) {
	defer a.settle()()
	e, ok := a.state.entities[ref]
	return e, ok
}

// settle locks the state for a reader, with nothing pending: what is read from Go
// is what will have become of the calls.
func (a *API) settle() (unlock func()) {
	a.mu.Lock()
	a.bulk.finish(a.config.Now())
	return a.mu.Unlock
}
