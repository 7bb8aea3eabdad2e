package clerktest

import (
	"cmp"
	"encoding/json"
	"slices"
	"sort"
)

// row is one object: as it is sent, and what lists are ordered and searched by.
type row struct {
	raw json.RawMessage

	ID             string `json:"id"`
	Object         string `json:"object"`
	CreatedAt      int64  `json:"created_at"`
	UpdatedAt      int64  `json:"updated_at"`
	LastActiveAt   int64  `json:"last_active_at"`
	Name           string `json:"name"`
	FirstName      string `json:"first_name"`
	LastName       string `json:"last_name"`
	Username       string `json:"username"`
	ExternalID     string `json:"external_id"`
	Role           string `json:"role"`
	MembersCount   int64  `json:"members_count"`
	PrimaryID      string `json:"primary_email_address_id"`
	EmailAddresses []struct {
		ID           string `json:"id"`
		EmailAddress string `json:"email_address"`
	} `json:"email_addresses"`
	Organization struct {
		ID string `json:"id"`
	} `json:"organization"`
	PublicUserData struct {
		UserID string `json:"user_id"`
	} `json:"public_user_data"`
}

func newRow(raw []byte) *row {
	r := &row{raw: slices.Clone(raw)}
	if err := json.Unmarshal(raw, r); err != nil {
		panic("clerktest: " + err.Error())
	}
	return r
}

func (r *row) field(name string) string {
	switch name {
	case "id":
		return r.ID
	case "external_id":
		return r.ExternalID
	case "username":
		return r.Username
	case "user_id":
		return r.PublicUserData.UserID
	case "role":
		return r.Role
	case "email_address":
		for _, e := range r.EmailAddresses {
			if e.ID == r.PrimaryID {
				return e.EmailAddress
			}
		}
	case "name":
		return r.Name
	case "first_name":
		return r.FirstName
	case "last_name":
		return r.LastName
	}
	return ""
}

func (r *row) time(name string) int64 {
	switch name {
	case "created_at":
		return r.CreatedAt
	case "updated_at":
		return r.UpdatedAt
	case "last_active_at":
		return r.LastActiveAt
	case "members_count":
		return r.MembersCount
	}
	return 0
}

// table holds the objects of one kind in each order that was asked for.
type table struct {
	byID   map[string]*row
	orders map[string][]*row
	// owned are the rows that belong to an organization or a user, for memberships.
	owned map[string]map[string]*row
}

func newTable() *table {
	return &table{byID: map[string]*row{}, orders: map[string][]*row{}, owned: map[string]map[string]*row{}}
}

func (t *table) put(r *row) {
	t.remove(r.ID)
	t.byID[r.ID] = r
	for name, rows := range t.orders {
		i := sort.Search(len(rows), func(i int) bool { return compareRows(name, rows[i], r) > 0 })
		t.orders[name] = slices.Insert(rows, i, r)
	}
	for _, owner := range []string{r.Organization.ID, r.PublicUserData.UserID} {
		if owner == "" {
			continue
		}
		if t.owned[owner] == nil {
			t.owned[owner] = map[string]*row{}
		}
		t.owned[owner][r.ID] = r
	}
}

func (t *table) remove(id string) {
	r := t.byID[id]
	if r == nil {
		return
	}
	delete(t.byID, id)
	for name, rows := range t.orders {
		if i, found := slices.BinarySearchFunc(rows, r, func(a, b *row) int { return compareRows(name, a, b) }); found {
			t.orders[name] = slices.Delete(rows, i, i+1)
		}
	}
	delete(t.owned[r.Organization.ID], id)
	delete(t.owned[r.PublicUserData.UserID], id)
}

// about returns the rows that belong to an organization or a user.
func (t *table) about(owner string) []*row {
	var all []*row
	for _, r := range t.owned[owner] {
		all = append(all, r)
	}
	return all
}

// only is a table of the rows that belong to an organization.
func (t *table) only(organization string) *table {
	part := newTable()
	for id, r := range t.owned[organization] {
		if r.Organization.ID == organization {
			part.byID[id] = r
		}
	}
	return part
}

// sorted returns the rows in ascending order of a name.
func (t *table) sorted(name string) []*row {
	if rows, ok := t.orders[name]; ok {
		return rows
	}
	rows := make([]*row, 0, len(t.byID))
	for _, r := range t.byID {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b *row) int { return compareRows(name, a, b) })
	t.orders[name] = rows
	return rows
}

// after returns the rows that were created after one.
func (t *table) after(r *row) []*row {
	rows := t.sorted("created_at")
	i, _ := slices.BinarySearchFunc(rows, r, func(a, b *row) int { return compareRows("created_at", a, b) })
	return rows[i+1:]
}

func compareRows(name string, a, b *row) int {
	return cmp.Or(cmp.Compare(a.time(name), b.time(name)), cmp.Compare(a.field(name), b.field(name)),
		cmp.Compare(a.ID, b.ID))
}
