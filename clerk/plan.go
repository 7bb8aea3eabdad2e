package clerk

// Plan is what a payer subscribes to.
//
// Clerk has two shapes of it: the one of its OpenAPI document, and a longer one in
// its TypeScript types and in the examples of payment attempts. Plan has the fields
// of both; InstanceID and everything below it belongs to the longer one and is
// zero in the other.
type Plan struct {
	// ID is Clerk's id of the plan (cplan_...).
	ID string `json:"id"`
	// Object is "commerce_plan" where it is sent.
	Object string `json:"object"`
	// Slug is the plan's name in code.
	Slug string `json:"slug"`
	// Name is what the plan is called.
	Name string `json:"name"`
	// IsRecurring is true when the plan is paid for again and again.
	IsRecurring bool `json:"is_recurring"`
	// Amount is the price for a month, mostly sent as a plain number.
	Amount Money `json:"amount"`
	// Currency is the ISO 4217 code that Amount is in, "" when absent.
	Currency string `json:"currency"`
	// UnitPrices are the prices for what is counted, such as seats; empty when absent.
	UnitPrices []UnitPrice `json:"unit_prices"`

	// InstanceID is the Clerk instance (ins_...).
	InstanceID string `json:"instance_id"`
	// ProductID is Clerk's id of the product that the plan belongs to.
	ProductID string `json:"product_id"`
	// Description is "" when there is none.
	Description string `json:"description"`
	// IsDefault is true for the plan that everybody has who has no other.
	IsDefault bool `json:"is_default"`
	// IsProrated is true when a part of a period costs a part of the price.
	IsProrated bool `json:"is_prorated"`
	// Period is how long a billing period lasts.
	Period Interval `json:"period"`
	// Interval is the number of Periods between two payments, as digits.
	Interval Interval `json:"interval"`
	// HasBaseFee is true when the plan costs something before anything is counted.
	HasBaseFee bool `json:"has_base_fee"`
	// AnnualMonthlyAmount is the price for a month when paid by the year, nil when
	// absent.
	AnnualMonthlyAmount *Money `json:"annual_monthly_amount"`
	// PubliclyVisible is true when the plan is offered to everybody.
	PubliclyVisible bool `json:"publicly_visible"`
	// FreeTrialEnabled is true when the plan begins with a free trial, false when not
	// sent. It is part of plans in Clerk's API and in older events; whether an item is
	// on trial now says SubscriptionItem.IsFreeTrial.
	FreeTrialEnabled bool `json:"free_trial_enabled"`
	// FreeTrialDays is how long that trial lasts, nil when there is none or when not
	// sent.
	FreeTrialDays *int64 `json:"free_trial_days"`
}

// UnitPrice is the price of something that is counted, such as seats.
type UnitPrice struct {
	// Name is what is counted.
	Name string `json:"name"`
	// BlockSize is how many units are sold at once.
	BlockSize int64 `json:"block_size"`
	// Tiers are the prices by quantity.
	Tiers []UnitPriceTier `json:"tiers"`
}

// UnitPriceTier is the price of a block of units within a range of blocks.
type UnitPriceTier struct {
	// StartsAtBlock is the first block that has this price.
	StartsAtBlock int64 `json:"starts_at_block"`
	// EndsAfterBlock is the last block that has this price, nil for no end.
	EndsAfterBlock *int64 `json:"ends_after_block"`
	// AmountPerBlock is the price, sent as a plain number.
	AmountPerBlock Money `json:"amount_per_block"`
	// Currency is the ISO 4217 code that AmountPerBlock is in.
	Currency string `json:"currency"`
}
