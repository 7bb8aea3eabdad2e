// Package whatif tries a changed table of mappings on the past: it plans past
// deliveries by the table in force and by the changed one, and tells what would
// differ. It sends nothing and remembers nothing.
//
//	result, err := whatif.Compare(ctx, whatif.Config{
//		InForce: src.Mapper(),
//		Changed: changed,
//	}, past)
//	fmt.Print(result)
//
// # What is the same call
//
// Two steps make the same call if action and parameters are the same as JSON: the order
// of an object's members does not matter, and numbers are compared digit by digit. The
// IDs of the steps do not matter then: a mapping that was renamed, or written again with
// On, changes nothing. Otherwise a call has changed if a step of the same ID, or else
// any step, runs the same action on the same thing: the same id, collection, key,
// preference set and channel. What runs on another thing is another call: the one is
// dropped, the other added. Of calls that stay the same it is told if they change places
// within their event.
//
// # What is not compared
//
// A function given to Handle does not run; two steps of the same ID count as the same.
// About, Unordered and the ledger are not looked at: they decide when a step runs,
// which depends on what had run before. A mapping that was skipped, and is gone now, or
// the other way around, makes no difference.
//
// # Code in a table
//
// Func, On, When, Preprocess and the rules of UserIDs run for each event, once for each
// table, today: what they look up is what is there now, and a lookup over the network
// is one for each delivery. One that depends on time or chance differs from
// itself. Compare a table with itself to see such noise: whatever it tells is no change of
// the table. A panic in host code fails the step.
package whatif
