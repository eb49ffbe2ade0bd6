package cloudapi_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/cloudapi"
	"wasl/internal/outbox"
	"wasl/internal/wa"
	"wasl/metaemu"
	"wasl/metaemu/witness"
)

func TestBody(t *testing.T) {
	const text = `{"type":"text","text":{"body":"Your table is booked <&>"}}`
	tests := []struct {
		name string
		in   outbox.Envelope
		want string
	}{
		{
			"a text",
			outbox.Envelope{Kind: wa.SendMessage, Content: []byte(text), Phone: "201000000001", Opaque: "v1.A.b"},
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+201000000001","type":"text",
			 "text":{"body":"Your table is booked <&>"},"biz_opaque_callback_data":"v1.A.b"}`,
		},
		{
			"a reply",
			outbox.Envelope{Kind: wa.SendMessage, Content: []byte(text), Phone: "+201000000001", Opaque: "o", ReplyTo: "wamid.Q"},
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+201000000001","type":"text",
			 "text":{"body":"Your table is booked <&>"},"context":{"message_id":"wamid.Q"},"biz_opaque_callback_data":"o"}`,
		},
		{
			"L29: a user id goes into recipient",
			outbox.Envelope{Kind: wa.SendMessage, Content: []byte(text), BSUID: "SA.1349", Opaque: "o"},
			`{"messaging_product":"whatsapp","recipient_type":"individual","recipient":"SA.1349","type":"text",
			 "text":{"body":"Your table is booked <&>"},"biz_opaque_callback_data":"o"}`,
		},
		{
			"a reaction",
			outbox.Envelope{Kind: wa.SendReaction, Content: []byte(`{"type":"reaction","reaction":{"message_id":"wamid.T","emoji":"👍"}}`), Phone: "1", Opaque: "o"},
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+1","type":"reaction",
			 "reaction":{"message_id":"wamid.T","emoji":"👍"},"biz_opaque_callback_data":"o"}`,
		},
		{
			"a receipt",
			outbox.Envelope{Kind: wa.SendRead, Target: "wamid.IN", Phone: "1", Opaque: "o"},
			`{"messaging_product":"whatsapp","status":"read","message_id":"wamid.IN"}`,
		},
		{
			"content cannot choose its way",
			outbox.Envelope{Kind: wa.SendMessage, Content: []byte(`{"type":"text","text":{"body":"hi"},"to":"+9","recipient":"X","recipient_type":"group","biz_opaque_callback_data":"theirs","context":{"message_id":"z"}}`), Phone: "1", Opaque: "o"},
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+1","type":"text","text":{"body":"hi"},"biz_opaque_callback_data":"o"}`,
		},
	}
	c, see := client(t, "", nil), witness.FromEnv()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw, err := c.Body(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if see != nil {
				see(metaemu.Exchange{Method: "POST", Path: "/v25.0/106/messages", Kind: "number", Edge: "messages", Agent: "wasl", Request: raw})
			}
			if diff := cmp.Diff(object(t, tt.want), object(t, string(raw))); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			again, _ := c.Body(tt.in)
			if string(again) != string(raw) {
				t.Error("the same envelope gives two bodies: its hash on disk would be worth nothing")
			}
		})
	}
	for name, e := range map[string]outbox.Envelope{
		"to nobody":             {Kind: wa.SendMessage, Content: []byte(text)},
		"a receipt for nothing": {Kind: wa.SendRead},
		"content is a list":     {Kind: wa.SendMessage, Content: []byte(`[]`), Phone: "1"},
	} {
		if raw, err := c.Body(e); err == nil {
			t.Errorf("%s: rendered %s, want an error", name, raw)
		}
	}
}

func object(t *testing.T, s string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	return m
}

func TestLook(t *testing.T) {
	mux := http.NewServeMux()
	answer := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer secret" {
				w.WriteHeader(401)
				body = graphError(190)
			}
			_, _ = w.Write([]byte(body))
		}
	}
	mux.HandleFunc("GET /v25.0/106", answer(`{"id":"106","display_phone_number":"+966 50","verified_name":"Shop","platform_type":"CLOUD_API","is_on_biz_app":true}`))
	mux.HandleFunc("GET /v25.0/200/phone_numbers", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("after") == "" {
			answer(`{"data":[{"id":"106"}],"paging":{"cursors":{"after":"x"},"next":"http://elsewhere"}}`)(w, r)
			return
		}
		answer(`{"data":[{"id":"107"}],"paging":{"cursors":{"after":"y"}}}`)(w, r)
	})
	mux.HandleFunc("POST /v25.0/200/subscribed_apps", answer(`{"success":true}`))
	mux.HandleFunc("GET /v25.0/200/subscribed_apps", answer(`{"data":[{"whatsapp_business_api_data":{"id":"1","name":"Wasl"}}]}`))
	srv := httptest.NewServer(witness.Requests(map[string]string{"106": "number", "200": "waba"}, mux))
	defer srv.Close()
	c := client(t, srv.URL, nil)

	n, err := c.PhoneNumber(t.Context(), "secret", "106")
	if err != nil || n.VerifiedName != "Shop" || !n.Coexists() {
		t.Errorf("PhoneNumber = %+v, %v", n, err)
	}
	list, err := c.PhoneNumbers(t.Context(), "secret", "200")
	if err != nil || len(list) != 2 || list[1].ID != "107" {
		t.Errorf("PhoneNumbers = %+v, %v; want both pages", list, err)
	}
	if err := c.Subscribe(t.Context(), "secret", "200"); err != nil {
		t.Errorf("Subscribe: %v", err)
	}
	apps, err := c.Subscribed(t.Context(), "secret", "200")
	if err != nil || len(apps) != 1 || apps[0] != "1" {
		t.Errorf("Subscribed = %v, %v", apps, err)
	}
	var refused *cloudapi.RefusedError
	_, err = c.PhoneNumber(t.Context(), "wrong", "106")
	if !errors.As(err, &refused) || refused.Code != 190 || refused.HTTP != 401 {
		t.Errorf("with a wrong token: %v, want code 190", err)
	}
}
