package inbox

import (
	"context"
	"errors"
	"time"

	"github.com/clerkknock/clerkknock/internal/logkey"
)

const (
	// What was late is looked for at each watch, the clock at every so many of them:
	// once a minute.
	watchEvery    = 10 * time.Second
	watchesPerMin = 6
)

// watch looks after what can go wrong between machines, until ctx is done.
func (in *Inbox) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := errors.Join(in.ledger.late(ctx), in.ledger.again(ctx))
		if err == nil && n%watchesPerMin == 0 {
			err = in.clock.measure(ctx)
		}
		if err != nil && ctx.Err() == nil {
			in.config.Logger.WarnContext(ctx, "clerkknock: the inbox could not look after itself", logkey.Error, err)
		}
	}
}
