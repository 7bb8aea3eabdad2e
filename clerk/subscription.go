package clerk

// SubscriptionStatus is the state of a subscription or of one of its items. Clerk
// may add values. It writes them with underscores even where the event's type, like
// subscription.pastDue, has none.
type SubscriptionStatus string

const (
	// SubscriptionStatusActive means that it is in force.
	SubscriptionStatusActive SubscriptionStatus = "active"
	// SubscriptionStatusPastDue means that a payment is outstanding.
	SubscriptionStatusPastDue SubscriptionStatus = "past_due"
	// SubscriptionStatusCanceled means that it ends with its period.
	SubscriptionStatusCanceled SubscriptionStatus = "canceled"
	// SubscriptionStatusEnded means that it is over.
	SubscriptionStatusEnded SubscriptionStatus = "ended"
	// SubscriptionStatusAbandoned means that it was superseded before it began.
	SubscriptionStatusAbandoned SubscriptionStatus = "abandoned"
	// SubscriptionStatusIncomplete means that its first payment is not made yet.
	SubscriptionStatusIncomplete SubscriptionStatus = "incomplete"
	// SubscriptionStatusUpcoming means that it begins when the current period ends.
	SubscriptionStatusUpcoming SubscriptionStatus = "upcoming"
	// SubscriptionStatusExpired is in Clerk's TypeScript types only.
	SubscriptionStatusExpired SubscriptionStatus = "expired"
)

// Subscription is the payload of the subscription events. A payer has one, and what
// they pay for are its items.
//
// Clerk calls billing a beta. It describes the events on
// https://clerk.com/docs/guides/development/webhooks/billing.
type Subscription struct {
	// Object is "commerce_subscription".
	Object string `json:"object"`
	// ID is Clerk's id of the subscription (csub_...).
	ID string `json:"id"`
	// Status is the state of the subscription.
	Status SubscriptionStatus `json:"status"`
	// ActiveAt is when it became active, zero when it did not.
	ActiveAt Time `json:"active_at"`
	// CanceledAt is when it was canceled, zero when it was not.
	CanceledAt Time `json:"canceled_at"`
	// EndedAt is when it ended, zero when it did not.
	EndedAt Time `json:"ended_at"`
	// PastDueAt is when its payment became overdue, zero when it did not.
	PastDueAt Time `json:"past_due_at"`
	// CreatedAt is when it was created.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when it last changed.
	UpdatedAt Time `json:"updated_at"`
	// LatestPaymentID is Clerk's id of the last payment, "" for none.
	LatestPaymentID string `json:"latest_payment_id"`
	// PayerID is the ID of Payer.
	PayerID string `json:"payer_id"`
	// Payer is who pays.
	Payer Payer `json:"payer"`
	// PaymentSourceID is Clerk's id of what is paid with, "" for none.
	PaymentSourceID string `json:"payment_source_id"`
	// Items are what is paid for.
	Items []SubscriptionItem `json:"items"`
}

// SubscriptionItem is the payload of the subscriptionItem events, and part of
// subscriptions and payment attempts.
//
// Clerk has two shapes of it: the one of its OpenAPI document, and another in its
// TypeScript types and in the examples of payment attempts. SubscriptionItem has the
// fields of both; CanceledAt and everything below it belongs to the second and is
// zero in the first.
type SubscriptionItem struct {
	// Object is "commerce_subscription_item", in Clerk's examples also
	// "subscription_item".
	Object string `json:"object"`
	// ID is Clerk's id of the item (csub_item_...).
	ID string `json:"id"`
	// Status is the state of the item.
	Status SubscriptionStatus `json:"status"`
	// IsFreeTrial is true during a free trial.
	IsFreeTrial bool `json:"is_free_trial"`
	// CreatedAt is when the item was created, zero when absent.
	CreatedAt Time `json:"created_at"`
	// UpdatedAt is when the item last changed, zero when absent.
	UpdatedAt Time `json:"updated_at"`
	// PeriodStart is when the current period began.
	PeriodStart Time `json:"period_start"`
	// PeriodEnd is when the current period ends, zero when it does not, as on the
	// default plan.
	PeriodEnd Time `json:"period_end"`
	// Interval is how long a period lasts. Clerk's TypeScript types call it plan_period.
	// Both are read.
	Interval Interval `json:"interval"`
	// PlanID is the ID of Plan, "" for none.
	PlanID string `json:"plan_id"`
	// Plan is what the item is, nil when null or absent.
	Plan *Plan `json:"plan"`
	// Payer is who pays, in subscriptionItem events; nil within a subscription or a
	// payment attempt.
	Payer *Payer `json:"payer"`
	// SubscriptionID is the id of the subscription, in subscriptionItem events; ""
	// within a subscription or a payment attempt.
	SubscriptionID string `json:"subscription_id"`
	// Seats is how many members the item is for, nil when seats are not counted.
	Seats *Seats `json:"seats"`

	// CanceledAt is when the item was canceled, zero when it was not.
	CanceledAt Time `json:"canceled_at"`
	// PastDueAt is when its payment became overdue, zero when it did not.
	PastDueAt Time `json:"past_due_at"`
	// ProrationDate is since when a changed item is charged for, as Clerk writes it.
	ProrationDate string `json:"proration_date"`
	// LifetimePaid is what was paid for the item so far, nil when absent.
	LifetimePaid *Money `json:"lifetime_paid"`
	// Amount is the price for a period, nil when absent.
	Amount *Money `json:"amount"`
	// NextPaymentAmount is what will be paid next, nil when absent.
	NextPaymentAmount *Money `json:"next_payment_amount"`
	// NextPaymentDate is when that will be, zero when absent.
	NextPaymentDate Time `json:"next_payment_date"`
	// Credit is deprecated, nil when absent. Use Credits.
	Credit *ProrationCredit `json:"credit"`
	// Credits are what is taken off the price, in payment attempts; nil for nothing.
	Credits *Credits `json:"credits"`
}

// UnmarshalJSON reads Interval under either name.
func (i *SubscriptionItem) UnmarshalJSON(data []byte) error {
	type plain SubscriptionItem
	wire := struct {
		*plain
		PlanPeriod Interval `json:"plan_period"`
	}{plain: (*plain)(i)}
	err := unmarshal(data, &wire)
	if i.Interval == "" {
		i.Interval = wire.PlanPeriod
	}
	return err
}

// Seats is how many members of an organization something is for.
type Seats struct {
	// Quantity is the number of members, nil for any number.
	Quantity *int64 `json:"quantity"`
}

// Credits are what is taken off a price.
type Credits struct {
	// Proration is for the unused part of a period, nil for nothing.
	Proration *ProrationCredit `json:"proration"`
	// Payer is from the payer's balance, nil for nothing.
	Payer *PayerCredit `json:"payer"`
	// Total is both together.
	Total Money `json:"total"`
}

// ProrationCredit is the credit for the unused part of a billing period.
type ProrationCredit struct {
	// Amount is the credit.
	Amount Money `json:"amount"`
	// CycleDaysRemaining is how many days of the period are left.
	CycleDaysRemaining float64 `json:"cycle_days_remaining"`
	// CycleDaysTotal is how many days the period has.
	CycleDaysTotal float64 `json:"cycle_days_total"`
	// CycleRemainingPercent is how much of the period is left.
	CycleRemainingPercent float64 `json:"cycle_remaining_percent"`
}

// PayerCredit is what the payer's balance contributes.
type PayerCredit struct {
	// AppliedAmount is what was taken from the balance.
	AppliedAmount Money `json:"applied_amount"`
	// RemainingBalance is what is left of it.
	RemainingBalance Money `json:"remaining_balance"`
}
