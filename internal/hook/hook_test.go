package hook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/hook"
	"wasl/internal/memnet"
	"wasl/internal/notify"
)

type arrival struct {
	header http.Header
	body   string
}

// receiver answers what it is told, and keeps what it was sent.
type receiver struct {
	status   int
	header   map[string]string
	after    time.Duration
	arrivals []arrival
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	raw, _ := io.ReadAll(q.Body)
	r.arrivals = append(r.arrivals, arrival{q.Header, string(raw)})
	time.Sleep(r.after)
	for k, v := range r.header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(r.status)
}

func listening(t *testing.T, r *receiver, secrets ...string) *hook.Poster {
	net := memnet.New()
	l, err := net.Listen("hooks.test:80")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: r}
	go func() { _ = srv.Serve(l) }() // ends with Close
	road := &http.Transport{DialContext: net.Dial}
	t.Cleanup(func() { road.CloseIdleConnections(); _ = srv.Close() })
	p := &hook.Poster{Road: road}
	for _, s := range secrets {
		secret, err := hook.Secret(s)
		if err != nil {
			t.Fatal(err)
		}
		p.Secrets = append(p.Secrets, secret)
	}
	return p
}

func letter() notify.Letter {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	return notify.Letter{
		Notice: notify.Notice{
			Business: "biz_1", ID: "ntc_7", Kind: notify.PhoneSilent, Number: "num_1", Level: 3, Reason: "at_risk", At: at, Until: at.Add(24 * time.Hour),
		},
		Delivery: notify.Delivery{Channel: notify.Hook, Recipient: "http://hooks.test/wasl"},
		Place:    notify.Place{Business: "Palm", Zone: "Asia/Riyadh", Number: "+966 50 111 2222"},
	}
}

// TestHookIsSigned: the receiver can prove who sent it, by either secret while one is
// replaced, and knows a repetition by its id (I17).
func TestHookIsSigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{status: 204}
		old, fresh := strings.Repeat("k", 32), "whsec_"+base64.StdEncoding.EncodeToString([]byte(strings.Repeat("n", 32)))
		p := listening(t, r, old, fresh)
		for range 2 {
			if _, err := p.Carry(t.Context(), letter()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
		a, b := r.arrivals[0], r.arrivals[1]
		if a.body != b.body || a.header.Get("webhook-id") != "biz_1.ntc_7" || b.header.Get("webhook-id") != "biz_1.ntc_7" {
			t.Errorf("a repetition: %v %v", a, b)
		}
		if a.header.Get("webhook-timestamp") == b.header.Get("webhook-timestamp") {
			t.Error("both attempts bear one time")
		}
		signatures := strings.Fields(a.header.Get("webhook-signature"))
		for i, secret := range []string{old, strings.Repeat("n", 32)} {
			h := hmac.New(sha256.New, []byte(secret))
			h.Write([]byte(a.header.Get("webhook-id") + "." + a.header.Get("webhook-timestamp") + "." + a.body))
			if want := "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil)); len(signatures) != 2 || signatures[i] != want {
				t.Errorf("signatures = %v, want %s in place %d", signatures, want, i)
			}
		}
		var body struct {
			Type, ID, Kind, Until string
			Level                 int
			BusinessID            string `json:"business_id"`
			Words                 map[string]struct{ Title, Text, Do string }
		}
		if err := json.Unmarshal([]byte(a.body), &body); err != nil {
			t.Fatal(err)
		}
		if body.Type != "notice" || body.ID != "ntc_7" || body.Kind != "phone_silent" || body.Level != 3 || body.BusinessID != "biz_1" || body.Until != "2026-11-23T12:00:00Z" {
			t.Errorf("body = %s", a.body)
		}
		for l, want := range map[string]string{"en": "23 November 2026", "ar": "23 نوفمبر 2026"} {
			if !strings.Contains(body.Words[l].Title, want) || body.Words[l].Do == "" {
				t.Errorf("words in %s: %+v", l, body.Words[l])
			}
		}
	})
}

// TestHookTrouble: what a receiver answers decides whether it is asked again.
func TestHookTrouble(t *testing.T) {
	for name, tt := range map[string]struct {
		r    receiver
		want notify.Trouble
		none bool
	}{
		"taken":                {r: receiver{status: 200}, none: true},
		"taken, to be done":    {r: receiver{status: 202}, none: true},
		"a redirect is a no":   {r: receiver{status: 307, header: map[string]string{"Location": "http://elsewhere.test/"}}, want: notify.Trouble{Reason: "hook_answered_307"}},
		"broken":               {r: receiver{status: 500}, want: notify.Trouble{Reason: "hook_answered_500"}},
		"not found":            {r: receiver{status: 404}, want: notify.Trouble{Reason: "hook_answered_404"}},
		"later, please":        {r: receiver{status: 503, header: map[string]string{"Retry-After": "120"}}, want: notify.Trouble{Reason: "hook_answered_503", After: 2 * time.Minute}},
		"in a year, please":    {r: receiver{status: 429, header: map[string]string{"Retry-After": "31536000"}}, want: notify.Trouble{Reason: "hook_answered_429", After: 24 * time.Hour}},
		"never again":          {r: receiver{status: 410}, want: notify.Trouble{Reason: hook.Gone, Final: true}},
		"no answer in 15 secs": {r: receiver{status: 200, after: time.Minute}, want: notify.Trouble{Reason: hook.NotReached}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := listening(t, &tt.r)
				_, err := p.Carry(t.Context(), letter())
				if tt.none {
					if err != nil {
						t.Errorf("Carry: %v", err)
					}
					return
				}
				got, ok := errors.AsType[*notify.Trouble](err)
				if !ok || got.Reason != tt.want.Reason || got.Final != tt.want.Final || got.After != tt.want.After {
					t.Errorf("Carry: %+v, want %+v", got, tt.want)
				}
				time.Sleep(time.Minute)
			})
		})
	}
	if _, err := hook.Secret("whsec_*"); err == nil {
		t.Error("a secret that is not base64 was taken")
	}
}
