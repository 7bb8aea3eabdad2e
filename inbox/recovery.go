package inbox

import "context"

// takeOver frees what a process has left that is gone: its jobs, with the attempt
// that it could not finish, and its leadership. River would do the same in a
// minute, at the price of the attempt. Only for a database that no other process
// can have open.
func (in *Inbox) takeOver(ctx context.Context) error {
	for _, statement := range []string{
		`UPDATE {schema}river_job
			SET state = 'available', attempt = max(attempt - 1, 0), scheduled_at = {river_now}
			WHERE state = 'running'`,
		`DELETE FROM {schema}river_leader`,
	} {
		if _, err := in.store.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
