package main_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	svix "github.com/svix/svix-webhooks/go"
)

// The peers do by hand, for these payloads alone, what the library does from its
// table: verify with svix, decode with encoding/json, build the request. They are
// written as a careful engineer writes such a handler, and skip what the library
// does beside it: nulls that clear, escaping rules, skips, idempotency keys of
// every step. TestPeersMakeTheSameRequests holds them to the same result.

type peer func(body []byte, header http.Header) (knock.Request, error)

var errUnhandled = errors.New("unhandled event")

func mustWebhook() *svix.Webhook {
	webhook, err := svix.NewWebhook(clerktest.Secret)
	if err != nil {
		panic(err)
	}
	return webhook
}

// peers are what people write today.
var peers = map[string]peer{"structs": structPeer(mustWebhook()), "maps": mapPeer(mustWebhook())}

// The struct peer declares only the fields that it needs.
type (
	peerEvent struct {
		Type string          `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	peerUser struct {
		ID                    string          `json:"id"`
		FirstName             string          `json:"first_name"`
		LastName              string          `json:"last_name"`
		Username              *string         `json:"username"`
		ExternalID            *string         `json:"external_id"`
		ImageURL              string          `json:"image_url"`
		Locale                *string         `json:"locale"`
		CreatedAt             int64           `json:"created_at"`
		PublicMetadata        json.RawMessage `json:"public_metadata"`
		PrimaryEmailAddressID string          `json:"primary_email_address_id"`
		PrimaryPhoneNumberID  string          `json:"primary_phone_number_id"`
		EmailAddresses        []struct {
			ID           string `json:"id"`
			EmailAddress string `json:"email_address"`
		} `json:"email_addresses"`
		PhoneNumbers []struct {
			ID          string `json:"id"`
			PhoneNumber string `json:"phone_number"`
		} `json:"phone_numbers"`
	}
	peerSession struct {
		ID             string          `json:"id"`
		UserID         string          `json:"user_id"`
		ClientID       string          `json:"client_id"`
		Status         string          `json:"status"`
		Actor          json.RawMessage `json:"actor"`
		LatestActivity struct {
			DeviceType     *string `json:"device_type"`
			IsMobile       *bool   `json:"is_mobile"`
			BrowserName    *string `json:"browser_name"`
			BrowserVersion *string `json:"browser_version"`
			City           *string `json:"city"`
			Country        *string `json:"country"`
		} `json:"latest_activity"`
	}
)

type (
	peerIdentify struct {
		Name           string          `json:"name,omitempty"`
		Email          string          `json:"email,omitempty"`
		PhoneNumber    string          `json:"phone_number,omitempty"`
		Avatar         string          `json:"avatar,omitempty"`
		Locale         *string         `json:"locale,omitempty"`
		CreatedAt      time.Time       `json:"created_at"`
		ExternalID     *string         `json:"external_id,omitempty"`
		PublicMetadata json.RawMessage `json:"public_metadata,omitempty"`
		Username       *string         `json:"username,omitempty"`
	}
	peerTrigger struct {
		Recipients []string        `json:"recipients"`
		Data       peerTriggerData `json:"data"`
	}
	peerTriggerData struct {
		Actor          json.RawMessage `json:"actor"`
		BrowserName    *string         `json:"browser_name,omitempty"`
		BrowserVersion *string         `json:"browser_version,omitempty"`
		City           *string         `json:"city,omitempty"`
		ClientID       string          `json:"client_id"`
		Country        *string         `json:"country,omitempty"`
		DeviceType     *string         `json:"device_type,omitempty"`
		IsMobile       *bool           `json:"is_mobile,omitempty"`
		SessionID      string          `json:"session_id"`
		Status         string          `json:"status"`
	}
)

func structPeer(webhook *svix.Webhook) peer {
	return func(body []byte, header http.Header) (knock.Request, error) {
		if err := webhook.Verify(body, header); err != nil {
			return knock.Request{}, err
		}
		var e peerEvent
		if err := json.Unmarshal(body, &e); err != nil {
			return knock.Request{}, err
		}
		switch e.Type {
		case "user.created", "user.updated":
			return identifyFromStruct(e.Data)
		case "session.created":
			return triggerFromStruct(e.Data, header.Get("svix-id"))
		}
		return knock.Request{}, errUnhandled
	}
}

func identifyFromStruct(data json.RawMessage) (knock.Request, error) {
	var u peerUser
	if err := json.Unmarshal(data, &u); err != nil {
		return knock.Request{}, err
	}
	out := peerIdentify{
		Name:           strings.TrimSpace(u.FirstName + " " + u.LastName),
		Avatar:         u.ImageURL,
		Locale:         u.Locale,
		CreatedAt:      time.UnixMilli(u.CreatedAt).UTC(),
		ExternalID:     u.ExternalID,
		PublicMetadata: u.PublicMetadata,
		Username:       u.Username,
	}
	for _, a := range u.EmailAddresses {
		if a.ID == u.PrimaryEmailAddressID {
			out.Email = a.EmailAddress
		}
	}
	for _, n := range u.PhoneNumbers {
		if n.ID == u.PrimaryPhoneNumberID {
			out.PhoneNumber = n.PhoneNumber
		}
	}
	raw, err := json.Marshal(out)
	return knock.Request{Method: http.MethodPut, Path: "/v1/users/" + url.PathEscape(u.ID), Body: raw}, err
}

func triggerFromStruct(data json.RawMessage, key string) (knock.Request, error) {
	var s peerSession
	if err := json.Unmarshal(data, &s); err != nil {
		return knock.Request{}, err
	}
	a := s.LatestActivity
	raw, err := json.Marshal(peerTrigger{
		Recipients: []string{s.UserID},
		Data: peerTriggerData{
			Actor: s.Actor, BrowserName: a.BrowserName, BrowserVersion: a.BrowserVersion, City: a.City,
			ClientID: s.ClientID, Country: a.Country,
			DeviceType: a.DeviceType, IsMobile: a.IsMobile, SessionID: s.ID, Status: s.Status,
		},
	})
	return knock.Request{
		Method: http.MethodPost, Path: "/v1/workflows/session-created/trigger", Body: raw, IdempotencyKey: key,
	}, err
}

func mapPeer(webhook *svix.Webhook) peer {
	return func(body []byte, header http.Header) (knock.Request, error) {
		if err := webhook.Verify(body, header); err != nil {
			return knock.Request{}, err
		}
		var e map[string]any
		if err := json.Unmarshal(body, &e); err != nil {
			return knock.Request{}, err
		}
		data, _ := e["data"].(map[string]any)
		switch e["type"] {
		case "user.created", "user.updated":
			return identifyFromMap(data)
		case "session.created":
			return triggerFromMap(data, header.Get("svix-id"))
		}
		return knock.Request{}, errUnhandled
	}
}

func identifyFromMap(u map[string]any) (knock.Request, error) {
	first, _ := u["first_name"].(string)
	last, _ := u["last_name"].(string)
	created, _ := u["created_at"].(float64)
	out := map[string]any{
		"name":       strings.TrimSpace(first + " " + last),
		"created_at": time.UnixMilli(int64(created)).UTC(),
	}
	if email := primary(u, "email_addresses", "primary_email_address_id", "email_address"); email != nil {
		out["email"] = email
	}
	if phone := primary(u, "phone_numbers", "primary_phone_number_id", "phone_number"); phone != nil {
		out["phone_number"] = phone
	}
	if u["image_url"] != nil {
		out["avatar"] = u["image_url"]
	}
	for _, name := range []string{"locale", "external_id", "username", "public_metadata"} {
		if u[name] != nil {
			out[name] = u[name]
		}
	}
	raw, err := json.Marshal(out)
	id, _ := u["id"].(string)
	return knock.Request{Method: http.MethodPut, Path: "/v1/users/" + url.PathEscape(id), Body: raw}, err
}

func primary(u map[string]any, list, key, field string) any {
	all, _ := u[list].([]any)
	for _, one := range all {
		if m, _ := one.(map[string]any); m["id"] != nil && m["id"] == u[key] {
			return m[field]
		}
	}
	return nil
}

func triggerFromMap(s map[string]any, key string) (knock.Request, error) {
	data := map[string]any{"actor": s["actor"], "session_id": s["id"], "status": s["status"], "client_id": s["client_id"]}
	activity, _ := s["latest_activity"].(map[string]any)
	for _, name := range []string{"device_type", "is_mobile", "browser_name", "browser_version", "city", "country"} {
		if activity[name] != nil {
			data[name] = activity[name]
		}
	}
	raw, err := json.Marshal(map[string]any{"recipients": []any{s["user_id"]}, "data": data})
	return knock.Request{
		Method: http.MethodPost, Path: "/v1/workflows/session-created/trigger", Body: raw, IdempotencyKey: key,
	}, err
}
