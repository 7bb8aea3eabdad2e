package examples_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
)

// gateway is what stands around a function in AWS: API Gateway, to which Clerk posts, and
// the Lambda runtime, which the function asks for its next request. It encodes every other
// body, and all names of headers are in lower case.
type gateway struct {
	*httptest.Server
	runtime *httptest.Server

	requests chan events.APIGatewayV2HTTPRequest
	mu       sync.Mutex
	waiting  map[string]chan events.APIGatewayV2HTTPResponse
	count    int
}

func newGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{
		requests: make(chan events.APIGatewayV2HTTPRequest),
		waiting:  map[string]chan events.APIGatewayV2HTTPResponse{},
	}
	g.Server = httptest.NewServer(http.HandlerFunc(g.take))
	t.Cleanup(g.Close)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", g.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) {
		var response events.APIGatewayV2HTTPResponse
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&response))
		g.mu.Lock()
		g.waiting[r.PathValue("id")] <- response
		g.mu.Unlock()
		w.WriteHeader(http.StatusAccepted)
	})
	g.runtime = httptest.NewServer(mux)
	t.Cleanup(g.runtime.Close)
	return g
}

// take gives a request to the function and answers with its response.
func (g *gateway) take(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	e := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: r.URL.Path, Headers: map[string]string{}}
	e.RequestContext.HTTP.Method = r.Method
	for name := range r.Header {
		e.Headers[strings.ToLower(name)] = r.Header.Get(name)
	}
	answer := make(chan events.APIGatewayV2HTTPResponse, 1)
	g.mu.Lock()
	g.count++
	e.RequestContext.RequestID = strconv.Itoa(g.count)
	e.Body, e.IsBase64Encoded = string(body), g.count%2 == 0
	g.waiting[e.RequestContext.RequestID] = answer
	g.mu.Unlock()
	if e.IsBase64Encoded {
		e.Body = base64.StdEncoding.EncodeToString(body)
	}
	g.requests <- e
	response := <-answer
	for name, value := range response.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(response.StatusCode)
	_, _ = io.WriteString(w, response.Body)
}

// next waits for a request, as the function does.
func (g *gateway) next(w http.ResponseWriter, r *http.Request) {
	select {
	case e := <-g.requests:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", e.RequestContext.RequestID)
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
		_ = json.NewEncoder(w).Encode(e)
	case <-r.Context().Done():
	}
}
