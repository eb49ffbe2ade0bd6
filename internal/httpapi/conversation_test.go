package httpapi_test

import (
	"net/http"
	"testing"
	"time"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/httpapi"
	"wasl/internal/wa"
)

func TestConversationsAndThread(t *testing.T) { onBoth(t, conversationsAndThread) }

func conversationsAndThread(t *testing.T, w *world) {
	token := w.session("sara@example.test", auth.Agent)
	first := w.wrote("Is it fresh?", 2*time.Minute, "wamid.A")
	w.wrote("Hello?", time.Minute, "wamid.B")

	list := want[httpapi.Page[httpapi.Conversation]](t, w.do(request{method: "GET", path: "/v1/conversations", token: token}), 200)
	if len(list.Data) != 1 || list.Next != nil {
		t.Fatalf("conversations = %+v, want one", list)
	}
	c := list.Data[0]
	if c.ID != w.conv || c.Unread != 2 || !c.Window.Open || c.Handler != "nobody" || c.State != "open" ||
		c.Contact.Name != "Ana" || c.Contact.Phone != "+966501112222" || c.LastMessage == nil || c.LastMessage.Text != "Hello?" {
		t.Errorf("conversation = %+v with %+v", c, c.LastMessage)
	}
	thread := want[httpapi.Page[httpapi.Message]](t, w.do(request{method: "GET", path: "/v1/conversations/" + string(w.conv) + "/messages", token: token}), 200)
	if len(thread.Data) != 2 || thread.Data[0].ID != first || thread.Data[0].Text != "Is it fresh?" || thread.Data[0].Status != wa.Arrived ||
		string(thread.Data[0].Content) != `{"type":"text","text":{"body":"Is it fresh?"}}` {
		t.Errorf("thread = %+v", thread.Data)
	}
	none := want[httpapi.Page[httpapi.Conversation]](t, w.do(request{method: "GET", path: "/v1/conversations?handler=phone", token: token}), 200)
	if none.Data == nil || len(none.Data) != 0 {
		t.Errorf("held by the phone: %+v, want an empty list", none)
	}
}

func TestAnswering(t *testing.T) { onBoth(t, answering) }

func answering(t *testing.T, w *world) {
	token := w.session("sara@example.test", auth.Agent)
	path := "/v1/conversations/" + string(w.conv)
	body := `{"content":{"type":"text","text":{"body":"Yes, roasted today"},"context":{"message_id":"wamid.A"}}}`

	refused(t, w.do(request{method: "POST", path: path + "/messages", body: body, token: token}), 422, "window_closed")
	w.wrote("Is it fresh?", time.Minute, "wamid.A")
	m := want[httpapi.Message](t, w.do(request{method: "POST", path: path + "/messages", body: body, token: token}), 202)
	if m.Status != wa.Queued || m.Direction != wa.Out || m.Origin != wa.FromAgent || m.Text != "Yes, roasted today" || m.WAMID != nil ||
		m.Author == nil || m.Author.Name != "Name of sara@example.test" || m.ReplyTo == nil || m.ReplyTo.Text != "Is it fresh?" {
		t.Errorf("message = %+v", m)
	}
	byKey := want[httpapi.Message](t, w.do(request{
		method: "POST", path: "/v1/messages",
		body: `{"to":"+966 50 111 2222","content":{"type":"text","text":{"body":"Your order is ready"}}}`, key: w.seeded().key(auth.SendScope),
	}), 202)
	if byKey.Origin != wa.FromAPI || byKey.ConversationID != w.conv {
		t.Errorf("message by key = %+v, want origin api in the same conversation", byKey)
	}
	refused(t, w.do(request{method: "POST", path: path + "/messages", body: `{"content":{"type":"poll","poll":{}}}`, token: token}), 422, "content_type_not_supported_yet")
	refused(t, w.do(request{method: "POST", path: path + "/messages", body: `{"content":{"type":"text","text":{"body":""}}}`, token: token}), 422, "content_invalid")
	refused(t, w.do(request{method: "POST", path: path + "/messages", body: `{}`, token: token}), 400, "parameter_invalid")
	refused(t, w.do(request{method: "POST", path: path + "/messages", body: `{"content"`, token: token}), 400, "body_malformed")
	refused(t, w.do(request{method: "POST", path: "/v1/messages/" + string(m.ID) + "/resolve", body: `{"verdict":"treat_as_sent"}`, token: token}), 409, "message_not_in_doubt")

	reacted := want[httpapi.Message](t, w.do(request{
		method: "POST", path: path + "/messages",
		body: `{"content":{"type":"reaction","reaction":{"message_id":"wamid.A","emoji":"👍"}}}`, token: token,
	}), 202)
	if reacted.Type != "reaction" {
		t.Errorf("reaction = %+v", reacted)
	}
}

func TestReadTakeOverHandBack(t *testing.T) { onBoth(t, readTakeOverHandBack) }

func readTakeOverHandBack(t *testing.T, w *world) {
	token := w.session("sara@example.test", auth.Agent)
	path := "/v1/conversations/" + string(w.conv)
	w.wrote("Is it fresh?", time.Minute, "wamid.A")

	for range 2 {
		if r := w.do(request{method: "POST", path: path + "/read", token: token}); r.StatusCode != http.StatusNoContent {
			t.Fatalf("read: %d %s", r.StatusCode, r.body)
		}
	}
	c := want[httpapi.Conversation](t, w.do(request{method: "GET", path: path, token: token}), 200)
	if c.Unread != 0 {
		t.Errorf("unread = %d after reading, want 0", c.Unread)
	}
	var receipts int
	if err := w.Raw.QueryRow("SELECT COUNT(*) FROM outbox_item WHERE business_id = $1 AND kind = 'read'", string(w.Business)).Scan(&receipts); err != nil || receipts != 1 {
		t.Errorf("%d read receipts queued, %v, want 1", receipts, err)
	}

	until := clock.Now().Add(time.Hour).Truncate(time.Second)
	c = want[httpapi.Conversation](t, w.do(request{
		method: "POST", path: path + "/takeover", token: token,
		body: `{"until":"` + until.Format(time.RFC3339) + `","reason":"asked for a person"}`,
	}), 200)
	if c.Handler != "person" || c.HandlerUntil == nil || !c.HandlerUntil.Equal(until) || c.HandlerReason != "asked for a person" ||
		c.Assignee == nil || c.Assignee.Name != "Name of sara@example.test" {
		t.Errorf("after takeover: %+v", c)
	}
	mine := want[httpapi.Page[httpapi.Conversation]](t, w.do(request{method: "GET", path: "/v1/conversations?assignee=me&handler=person", token: token}), 200)
	if len(mine.Data) != 1 {
		t.Errorf("assigned to me: %d conversations, want 1", len(mine.Data))
	}
	c = want[httpapi.Conversation](t, w.do(request{method: "POST", path: path + "/takeover", token: token, body: `{"until":null,"reason":""}`}), 200)
	if c.Handler != "person" || c.HandlerUntil != nil {
		t.Errorf("after takeover for good: %+v", c)
	}
	c = want[httpapi.Conversation](t, w.do(request{method: "POST", path: path + "/handback", token: token, body: `{}`}), 200)
	if c.Handler != "nobody" {
		t.Errorf("after handback: %+v", c)
	}
	refused(t, w.do(request{method: "POST", path: path + "/takeover", token: token, body: `{"until":"2020-01-01T00:00:00Z"}`}), 400, "parameter_invalid")

	var kinds []wa.Kind
	entries, err := w.DB.Entries(t.Context(), w.Business, 0, 100)
	for _, e := range entries {
		if e.Conversation == w.conv && e.Message == "" || e.Kind == wa.ConversationRead {
			kinds = append(kinds, e.Kind)
		}
	}
	wantKinds := []wa.Kind{wa.ConversationRead, wa.ConversationTaken, wa.ConversationTaken, wa.ConversationHandedBack}
	if err != nil || len(kinds) != len(wantKinds) {
		t.Fatalf("journal tells %v, %v, want %v", kinds, err, wantKinds)
	}
	for i := range kinds {
		if kinds[i] != wantKinds[i] {
			t.Errorf("journal tells %v, want %v", kinds, wantKinds)
		}
	}
}
