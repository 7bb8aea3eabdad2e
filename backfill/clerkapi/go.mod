module github.com/clerkknock/clerkknock/backfill/clerkapi

go 1.25

require (
	github.com/clerk/clerk-sdk-go/v2 v2.4.2
	github.com/clerkknock/clerkknock v0.0.0
	github.com/stretchr/testify v1.12.1
	github.com/tidwall/gjson v1.20.1
)

require (
	github.com/go-jose/go-jose/v3 v3.0.4 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/svix/svix-webhooks v1.94.0 // indirect
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/crypto v0.48.0 // indirect
	golang.org/x/time v0.14.0 // indirect
)

replace github.com/clerkknock/clerkknock => ../../
