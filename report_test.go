package clerkknock_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

func TestTheAnswerIsTheReportAsJSON(t *testing.T) {
	t.Parallel()
	var report clerkknock.Report
	h := serve(t, clerkknock.Config{
		Observers: []clerkknock.Observer{
			clerkknock.ObserverFunc(func(_ context.Context, _ clerkknock.Delivery, r clerkknock.Report) error {
				report = r
				return nil
			}),
		},
		Mapper: clerkknock.DefaultMapper().With(
			clerkknock.Mapping{
				ID:     "a<b>&\"c\"",
				Event:  "user.created",
				Action: clerkknock.WorkflowsTrigger,
				Params: clerkknock.Params{
					"key": clerkknock.Literal("welcome"), "recipients": clerkknock.Path("data.nobody"),
				},
			},
			clerkknock.Mapping{
				ID:     "permanent",
				Event:  "user.updated",
				Action: clerkknock.UsersDelete,
				Params: clerkknock.Params{"id": clerkknock.Literal("x")},
			},
		),
	})
	h.executor.fail = func(_ context.Context, inv clerkknock.Invocation) error {
		if inv.MappingID == "permanent" {
			return clerkknock.Permanent(errors.New("no"))
		}
		return nil
	}
	left := fields(clerkknock.Report{}, clerkknock.StepReport{})
	for id, body := range map[string]string{
		"msg_skipped":        userCreated,
		"msg_<&>\"\\":        `{"type":"user.updated","data":{"id":"user_1"}}`,
		"msg_without_a_step": `{"type":"\u2028<é>","data":{}}`,
	} {
		a := h.post(t, id, body)
		want, err := json.Marshal(report)
		require.NoError(t, err)
		require.Equal(t, string(want)+"\n", a.body)
		for _, s := range report.Steps {
			maps.DeleteFunc(left, func(name string, _ any) bool { _, set := fields(report, s)[name]; return set })
		}
	}
	require.Empty(t, left, "fields that no answer has shown")
}

// fields returns what of the values is set and goes into JSON; of zero values all
// that could.
func fields(values ...any) map[string]any {
	all := map[string]any{}
	for _, v := range values {
		r := reflect.ValueOf(v)
		for i := range r.NumField() {
			f := r.Type().Field(i)
			if f.Tag.Get("json") != "-" && (r.IsZero() || !r.Field(i).IsZero()) {
				all[r.Type().Name()+"."+f.Name] = r.Field(i).Interface()
			}
		}
	}
	return all
}
