package inbox

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/clerkknock/clerkknock/inbox/internal/engine"
)

// lettersPage is how many letters are read at once.
const lettersPage = 100

// Dead lists the dead deliveries of a period, the one that died last first. It is
// Letters for the state Dead.
func (in *Inbox) Dead(ctx context.Context, p Period) iter.Seq2[Letter, error] {
	return in.Letters(ctx, Filter{States: []State{Dead}, Period: p})
}

// Letters lists the deliveries that a filter selects, the latest first: by when they
// died, or were put if they are not dead. Break out of the loop to have only the
// first. An error is the last that comes, beside an empty Letter.
//
// What it lists is what there was when the loop began, each once, but for what the
// filter does not select any more when its turn comes. So the loop may replay, hurry
// or throw away what it is given.
func (in *Inbox) Letters(ctx context.Context, f Filter) iter.Seq2[Letter, error] {
	return func(yield func(Letter, error) bool) {
		fail := func(err error) { yield(Letter{}, fmt.Errorf("inbox: cannot list the deliveries: %w", err)) }
		where, args, err := f.where(Waiting, Running, Retrying, Dead)
		if err != nil {
			fail(err)
			return
		}
		// Rows come, go and change their place while others are looked at: the order
		// is settled once.
		ids, err := engine.Query(ctx, in.store, scanID, `
			SELECT id FROM {schema}river_job WHERE `+where+` ORDER BY `+since+` DESC, id DESC`, args...)
		if err != nil {
			fail(err)
			return
		}
		for page := range slices.Chunk(ids, lettersPage) {
			letters, err := engine.Query(ctx, in.store, in.keys.scanLetter, selectLetters+`
				WHERE id IN (`+join(page)+`) AND `+where, args...)
			if err != nil {
				fail(err)
				return
			}
			slices.SortFunc(letters, func(a, b row) int {
				return slices.Index(page, a.id) - slices.Index(page, b.id)
			})
			for _, letter := range letters {
				if !yield(letter.Letter, nil) {
					return
				}
			}
		}
	}
}

func scanID(rows *sql.Rows) (id int64, err error) {
	err = rows.Scan(&id)
	return id, err
}

func join(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(texts, ", ")
}
