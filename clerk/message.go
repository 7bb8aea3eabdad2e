package clerk

// Email is the payload of email.created: an email that Clerk wrote, with one-time
// codes and links in it.
type Email struct {
	// ID is Clerk's id of the email (ema_...).
	ID string `json:"id"`
	// Object is "email".
	Object string `json:"object"`
	// Slug names the template, like "verification_code"; "" when null.
	Slug string `json:"slug"`
	// FromEmailName is the sender's address before the @.
	FromEmailName string `json:"from_email_name"`
	// ReplyToEmailName is the address for answers before the @, "" for none.
	ReplyToEmailName string `json:"reply_to_email_name"`
	// ToEmailAddress is whom the email goes to, "" when not sent.
	ToEmailAddress string `json:"to_email_address"`
	// EmailAddressID is the id of that address if it is a user's (idn_...), "" for none.
	EmailAddressID string `json:"email_address_id"`
	// UserID is the id of the user it goes to, "" for none.
	UserID string `json:"user_id"`
	// Subject is hidden like the text, because a template can put the one-time code
	// into it.
	Subject Secret `json:"subject"`
	// Body is the text as HTML.
	Body Secret `json:"body"`
	// BodyPlain is the text without HTML, empty when null.
	BodyPlain Secret `json:"body_plain"`
	// Status is how far the email has come, like "queued"; "" when not sent.
	Status string `json:"status"`
	// Data is a JSON object with what the template was filled with, such as otp_code;
	// empty when absent.
	Data SecretJSON `json:"data"`
	// DeliveredByClerk is false when you switched Clerk's delivery off and are to send
	// the email.
	DeliveredByClerk bool `json:"delivered_by_clerk"`
}

// SMS is the payload of sms.created: a text message that Clerk wrote, with one-time
// codes in it.
type SMS struct {
	// Object is "sms_message".
	Object string `json:"object"`
	// ID is Clerk's id of the message (sms_...).
	ID string `json:"id"`
	// Slug names the template, like "verification_code"; "" when absent.
	Slug string `json:"slug"`
	// FromPhoneNumber is the sender's number in E.164.
	FromPhoneNumber string `json:"from_phone_number"`
	// ToPhoneNumber is the recipient's number in E.164.
	ToPhoneNumber string `json:"to_phone_number"`
	// PhoneNumberID is the id of that number if it is a user's (idn_...), "" for none.
	PhoneNumberID string `json:"phone_number_id"`
	// UserID is the id of the user it goes to, "" for none.
	UserID string `json:"user_id"`
	// Message is the text.
	Message Secret `json:"message"`
	// Status is how far the message has come, like "queued".
	Status string `json:"status"`
	// Data is a JSON object with what the template was filled with, such as otp_code.
	Data SecretJSON `json:"data"`
	// DeliveredByClerk is false when you switched Clerk's delivery off and are to send
	// the message.
	DeliveredByClerk bool `json:"delivered_by_clerk"`
	// CreatedAt is when the message was written, zero when not sent. Clerk's OpenAPI
	// document calls it created_at_ms and its example created_at. Both are read.
	CreatedAt Time `json:"created_at"`
}

// UnmarshalJSON reads CreatedAt under either name.
func (s *SMS) UnmarshalJSON(data []byte) error {
	type plain SMS
	wire := struct {
		*plain
		CreatedAtMS Time `json:"created_at_ms"`
	}{plain: (*plain)(s)}
	err := unmarshal(data, &wire)
	if s.CreatedAt.IsZero() {
		s.CreatedAt = wire.CreatedAtMS
	}
	return err
}
