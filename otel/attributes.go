package otelclerkknock

import "go.opentelemetry.io/otel/attribute"

// The attributes that OpenTelemetry has no name for. Those of the first group are on spans
// alone.
const (
	deliveryID    = attribute.Key("clerkknock.delivery.id")
	deliveryTries = attribute.Key("clerkknock.delivery.tries")
	stepID        = attribute.Key("clerkknock.step.id")
	stepReason    = attribute.Key("clerkknock.step.reason")
	stepLeftOut   = attribute.Key("clerkknock.step.left_out")
	requestID     = attribute.Key("clerkknock.knock.request_id")
	workflowRunID = attribute.Key("clerkknock.knock.workflow_run_id")
	requestWait   = attribute.Key("clerkknock.knock.request.wait")

	by         = attribute.Key("clerkknock.by")
	eventType  = attribute.Key("clerkknock.event.type")
	outcome    = attribute.Key("clerkknock.outcome")
	action     = attribute.Key("clerkknock.action")
	stepStatus = attribute.Key("clerkknock.step.status")
	inboxState = attribute.Key("clerkknock.inbox.state")
	limitTier  = attribute.Key("clerkknock.knock.tier")
)
