package clerk

import "encoding/json"

// Money is an amount of money. Where Clerk sends a plain number for it, as in the
// plans of subscription events, only Amount is set and the currency stands beside
// it.
type Money struct {
	// Amount is in the smallest unit of the currency, like cents.
	Amount int64 `json:"amount"`
	// AmountFormatted is the amount for display, like "20.00"; "" for a plain number.
	AmountFormatted string `json:"amount_formatted"`
	// Currency is an ISO 4217 code like "USD", in either case; "" for a plain number.
	Currency string `json:"currency"`
	// CurrencySymbol is for display, like "$"; "" for a plain number.
	CurrencySymbol string `json:"currency_symbol"`
}

// UnmarshalJSON reads the object and the plain number.
func (m *Money) UnmarshalJSON(data []byte) error {
	if !isObject(data) {
		return unmarshal(data, &m.Amount)
	}
	type plain Money
	return unmarshal(data, (*plain)(m))
}

// Interval is how long a billing period lasts. Clerk may add values.
type Interval string

const (
	// IntervalMonth is a month.
	IntervalMonth Interval = "month"
	// IntervalAnnual is a year.
	IntervalAnnual Interval = "annual"
)

// UnmarshalJSON reads a string, and the digits of a number: in its TypeScript types
// Clerk gives plans a number of periods under the same name.
func (i *Interval) UnmarshalJSON(data []byte) error {
	var number json.Number
	if unmarshal(data, &number) == nil && number != "" {
		*i = Interval(number)
		return nil
	}
	return unmarshal(data, (*string)(i))
}
