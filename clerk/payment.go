package clerk

// PaymentStatus is what became of a payment attempt. Clerk may add values.
type PaymentStatus string

const (
	// PaymentPending means that it is not decided yet.
	PaymentPending PaymentStatus = "pending"
	// PaymentPaid means that the payment was made.
	PaymentPaid PaymentStatus = "paid"
	// PaymentFailed means that it was not.
	PaymentFailed PaymentStatus = "failed"
)

// ChargeType is why there is a payment. Clerk may add values.
type ChargeType string

const (
	// ChargeCheckout means that somebody bought something.
	ChargeCheckout ChargeType = "checkout"
	// ChargeRecurring means that a period began.
	ChargeRecurring ChargeType = "recurring"
)

// PaymentAttempt is the payload of both paymentAttempt events.
//
// Clerk calls billing a beta. It describes the events on
// https://clerk.com/docs/guides/development/webhooks/billing.
type PaymentAttempt struct {
	// Object is "commerce_payment_attempt" where it is sent.
	Object string `json:"object"`
	// ID is Clerk's id of the attempt (pa_...).
	ID string `json:"id"`
	// InstanceID is the Clerk instance (ins_...).
	InstanceID string `json:"instance_id"`
	// PaymentID is Clerk's id of the payment that is attempted.
	PaymentID string `json:"payment_id"`
	// InvoiceID is deprecated, "" when absent.
	InvoiceID string `json:"invoice_id"`
	// StatementID is Clerk's id of the statement that the payment is on.
	StatementID string `json:"statement_id"`
	// GatewayExternalID is the payment's id at the gateway, such as Stripe.
	GatewayExternalID string `json:"gateway_external_id"`
	// Status is what became of the attempt.
	Status PaymentStatus `json:"status"`
	// CreatedAt is when the attempt began.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the attempt last changed.
	UpdatedAt Time `json:"updated_at"`
	// PaidAt is when the payment was made, zero when it was not.
	PaidAt Time `json:"paid_at"`
	// FailedAt is when the attempt failed, zero when it did not.
	FailedAt Time `json:"failed_at"`
	// FailedReason is why it failed, nil when it did not.
	FailedReason *FailedReason `json:"failed_reason"`
	// BillingDate is the day that the payment is for.
	BillingDate Time `json:"billing_date"`
	// ChargeType is why there is a payment.
	ChargeType ChargeType `json:"charge_type"`
	// Payee is who is paid: you.
	Payee Payee `json:"payee"`
	// Payer is who pays.
	Payer Payer `json:"payer"`
	// Totals are the amounts.
	Totals Totals `json:"totals"`
	// PaymentSource is what is paid with.
	PaymentSource PaymentSource `json:"payment_source"`
	// SubscriptionItems are what is paid for.
	SubscriptionItems []SubscriptionItem `json:"subscription_items"`
}

// FailedReason is why a payment failed.
type FailedReason struct {
	// Code is the gateway's error, like "card_declined".
	Code string `json:"code"`
	// DeclineCode is the bank's reason, like "insufficient_funds".
	DeclineCode string `json:"decline_code"`
}

// Payee is who is paid: your account at a payment gateway.
type Payee struct {
	// ID is Clerk's id of the payee.
	ID string `json:"id"`
	// GatewayType is the gateway, like "stripe".
	GatewayType string `json:"gateway_type"`
	// GatewayExternalID is the account's id at the gateway.
	GatewayExternalID string `json:"gateway_external_id"`
	// GatewayStatus is the state of the account there, like "active".
	GatewayStatus string `json:"gateway_status"`
}

// Totals are the amounts of a payment.
type Totals struct {
	// Subtotal is the sum without tax.
	Subtotal Money `json:"subtotal"`
	// TaxTotal is the tax.
	TaxTotal Money `json:"tax_total"`
	// GrandTotal is the sum with tax.
	GrandTotal Money `json:"grand_total"`
	// PerUnitTotals are the sums for what is counted, such as seats; empty when absent.
	PerUnitTotals []PerUnitTotal `json:"per_unit_totals"`
}

// PerUnitTotal is the sum for something that is counted, such as seats. All of its
// fields are optional.
type PerUnitTotal struct {
	// Name is what is counted.
	Name string `json:"name"`
	// Amount is the price of one, nil when absent.
	Amount *Money `json:"amount"`
	// Quantity is how many there are, nil for any number or when absent.
	Quantity *int64 `json:"quantity"`
	// Total is the sum, nil when absent.
	Total *Money `json:"total"`
	// Currency is the ISO 4217 code that plain numbers are in.
	Currency string `json:"currency"`
}

// PaymentMethod is a way to pay. Clerk may add values.
type PaymentMethod string

const (
	// PaymentCard is a card.
	PaymentCard PaymentMethod = "card"
	// PaymentLink is a wallet of the gateway's.
	PaymentLink PaymentMethod = "link"
)

// PaymentSourceStatus is whether something can be paid with. Clerk may add values.
type PaymentSourceStatus string

const (
	// PaymentSourceActive means that it can.
	PaymentSourceActive PaymentSourceStatus = "active"
	// PaymentSourceDisconnected means that it cannot any more.
	PaymentSourceDisconnected PaymentSourceStatus = "disconnected"
)

// PaymentSource is what is paid with.
type PaymentSource struct {
	// ID is Clerk's id of the source.
	ID string `json:"id"`
	// Gateway is the gateway, like "stripe".
	Gateway string `json:"gateway"`
	// GatewayExternalID is the source's id at the gateway.
	GatewayExternalID string `json:"gateway_external_id"`
	// GatewayExternalAccountID is the account's id at the gateway, "" for none.
	GatewayExternalAccountID string `json:"gateway_external_account_id"`
	// PaymentMethod is the way to pay.
	PaymentMethod PaymentMethod `json:"payment_method"`
	// Status is whether it can be paid with.
	Status PaymentSourceStatus `json:"status"`
	// CardType is the brand of a card, like "visa"; "" for other methods.
	CardType string `json:"card_type"`
	// Last4 are the last digits of a card, "" for other methods.
	Last4 string `json:"last4"`
}
