package metaemu_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

// Meta's side in three lines, in real time.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()

	e := metaemu.New(metaemu.Config{Seed: 1})
	go e.Run(ctx)
	graph := httptest.NewServer(e.Handler()) // graph.URL stands for https://graph.facebook.com
	defer graph.Close()

	number, err := e.CreateNumber(metaemu.NumberSpec{VerifiedName: "Palm Bakery"})
	check(err)
	mona, err := e.CreateCustomer(metaemu.CustomerSpec{Name: "Mona"})
	check(err)
	_, err = e.CustomerSend(mona.ID, number.ID, metaemu.Content{Text: "Are you open?"})
	check(err)

	fmt.Println(post(http.DefaultClient, graph.URL+"/v25.0/"+number.ID+"/messages", number.Token,
		`{"messaging_product":"whatsapp","to":"`+mona.Digits+`","type":"text","text":{"body":"Until ten."}}`))
	fmt.Println(len(e.Arrivals()), "arrival,", len(e.Breaches()), "breaches")
	// Output:
	// 200
	// 1 arrival, 0 breaches
}

// Time that is moved by hand: a day passes at once.
func ExampleEmulator_Advance() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	e := metaemu.New(metaemu.Config{Seed: 1, WindowErrorAtOnce: true})
	go e.Run(ctx)
	graph := httptest.NewServer(e.Handler())
	defer graph.Close()

	number, err := e.CreateNumber(metaemu.NumberSpec{})
	check(err)
	mona, err := e.CreateCustomer(metaemu.CustomerSpec{Name: "Mona"})
	check(err)
	_, err = e.CustomerSend(mona.ID, number.ID, metaemu.Content{Text: "Are you open?"})
	check(err)

	send := func() int {
		return post(http.DefaultClient, graph.URL+"/v25.0/"+number.ID+"/messages", number.Token,
			`{"messaging_product":"whatsapp","to":"`+mona.Digits+`","type":"text","text":{"body":"Until ten."}}`)
	}
	fmt.Println("within the window:", send())
	check(e.Advance(25 * time.Hour))
	fmt.Println("a day later:", send())
	fmt.Println(e.Breaches()[0].Rule)
	// Output:
	// within the window: 200
	// a day later: 400
	// window
}

// inMemory carries requests to handlers by host, without a network: what a
// bubble of testing/synctest needs.
type inMemory map[string]http.Handler

func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	h, ok := m[r.URL.Host]
	if !ok {
		return nil, errors.New("no such host: " + r.URL.Host)
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

// TestExampleInABubble is the example of the page in virtual time: two weeks
// without a sign of life from the phone end Coexistence, in milliseconds.
func TestExampleInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hosts := inMemory{}
		e := metaemu.New(metaemu.Config{Seed: 1, HTTPClient: &http.Client{Transport: hosts}})
		go e.Run(t.Context())
		hosts["graph.test"] = e.Handler()

		var told []string
		hosts["shop.test"] = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			var body strings.Builder
			if err := r.Write(&body); err != nil {
				t.Error(err)
			}
			told = append(told, body.String())
		})
		if _, err := e.CreateApp(metaemu.AppSpec{Callback: "http://shop.test/hook"}); err != nil {
			t.Fatal(err)
		}
		if _, err := e.CreateNumber(metaemu.NumberSpec{}); err != nil {
			t.Fatal(err)
		}

		time.Sleep(15 * 24 * time.Hour)
		synctest.Wait()
		if len(told) != 1 || !strings.Contains(told[0], "PRIMARY_INACTIVITY") {
			t.Errorf("told %d times, want once, of PRIMARY_INACTIVITY: %v", len(told), told)
		}
	})
}

// post sends a JSON body with a token and answers the HTTP status.
func post(client *http.Client, url, token, body string) int {
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	check(err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	check(err)
	res.Body.Close()
	return res.StatusCode
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
