package metaemu_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
	"wasl/metaemu/witness"
)

// served is an emulator behind a real address, as `wasl emulate` has it.
func served(t *testing.T, cfg metaemu.Config) (*metaemu.Emulator, func(method, path, body string) (int, string)) {
	t.Helper()
	cfg.Witness = witness.FromEnv()
	e := metaemu.New(cfg)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- e.Run(ctx) }()
	srv := httptest.NewServer(e.Handler())
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
		srv.Close()
	})
	return e, func(method, path, body string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		raw, _ := io.ReadAll(res.Body)
		if strings.HasPrefix(path, "/_emulator/") && !json.Valid(raw) {
			t.Errorf("%s %s answered no JSON: %s", method, path, raw)
		}
		return res.StatusCode, string(raw)
	}
}

func decode[T any](t *testing.T, raw string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}

func TestANumberNeedsNothing(t *testing.T) {
	_, do := served(t, metaemu.Config{})
	status, raw := do("POST", "/_emulator/numbers", "{}")
	n := decode[metaemu.Number](t, raw)
	if status != 200 || n.ID == "" || n.Token == "" || n.WABA == "" || n.App == "" || n.AppSecret == "" || n.Portfolio == "" || n.MPS != 20 || !n.Coexistence {
		t.Fatalf("HTTP %d %+v, want a number with all that a client needs", status, n)
	}
	_, raw = do("POST", "/_emulator/numbers", `{"digits":"+20 100 000 0009","coexistence":false,"mps":0}`)
	if n := decode[metaemu.Number](t, raw); n.Digits != "201000000009" || n.Display != "+20 100 000 0009" || n.Country != "EG" || n.MPS != 80 {
		t.Errorf("number = %+v, want an Egyptian one with 80 messages per second", n)
	}
	_, raw = do("POST", "/_emulator/customers", `[{"name":"Mona","digits":"201000000019"},{"name":"Omar"}]`)
	list := decode[[]metaemu.Customer](t, raw)
	if len(list) != 2 || list[0].Digits != "201000000019" || list[1].ID == "" {
		t.Fatalf("customers = %+v", list)
	}
	_, raw = do("POST", "/_emulator/customers/201000000019/send", `{"number":"`+n.ID+`","text":"hello"}`)
	sent := decode[map[string]string](t, raw)
	if !strings.HasPrefix(sent["wamid"], "wamid.") {
		t.Errorf("send = %v, want a wamid", sent)
	}
	_, raw = do("GET", "/_emulator/numbers/"+n.ID+"/phone", "")
	if v := decode[metaemu.PhoneView](t, raw); len(v.Chats) != 1 || v.Chats[0].Messages[0].WAMID != sent["wamid"] || v.Chats[0].WindowUntil.IsZero() {
		t.Errorf("phone = %+v, want the message and an open window", v)
	}
	do("POST", "/_emulator/numbers/"+n.ID+"/phone/send", `{"to":"201000000019","text":"yes"}`)
	_, raw = do("GET", "/_emulator/customers?q=mona", "")
	if v := decode[[]metaemu.CustomerView](t, raw); len(v) != 1 || v[0].Name != "Mona" {
		t.Errorf("customers named mona = %+v", v)
	}
	if _, raw = do("POST", "/_emulator/reset", ""); decode[map[string]bool](t, raw)["ok"] != true {
		t.Errorf("reset = %s", raw)
	}
	if _, raw = do("GET", "/_emulator/numbers", ""); strings.TrimSpace(raw) != "[]" {
		t.Errorf("after a reset: %s, want no numbers", raw)
	}
}

func TestBadInputIsExplained(t *testing.T) {
	e, do := served(t, metaemu.Config{})
	n, err := e.CreateNumber(metaemu.NumberSpec{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.CreateCustomer(metaemu.CustomerSpec{})
	if err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "numbers", `{"digits":"banana"}`, 400, "7 to 15 digits"},
		{"POST", "numbers", `{"digits":"` + n.Digits + `"}`, 400, "has an owner already"},
		{"POST", "numbers", `{"waba_id":"9"}`, 400, "POST /_emulator/wabas"},
		{"POST", "numbers", `{"history":"much"}`, 400, "history is a number"},
		{"POST", "numbers", `[]`, 400, "not the JSON expected"},
		{"POST", "wabas", `{"app_id":"9"}`, 400, "POST /_emulator/apps"},
		{"POST", "clock", `{"advance":"soon"}`, 400, "13d"},
		{"POST", "clock", `{"advance":"-1h"}`, 400, "span of time"},
		{"PUT", "faults", `{"duplicates":7}`, 400, "from 0 (never) to 1"},
		{"PUT", "faults", `{"delay":"x"}`, 400, "span of time"},
		{"GET", "arrivals?after=yesterday", "", 400, "such as 2026-11-22T10:00:00Z"},
		{"GET", "customers?limit=all", "", 400, "whole number"},
		{"POST", "numbers/" + n.ID + "/phone/send", `{}`, 400, "to is missing"},
		{"POST", "numbers/" + n.ID + "/phone/send", `{"to":"` + c.ID + `"}`, 400, "text is missing"},
		{"POST", "numbers/" + n.ID + "/phone/edit", `{"wamid":"wamid.x","text":"y"}`, 400, "no message"},
		{"POST", "numbers/" + n.ID + "/phone/dance", `{}`, 404, "change-device"},
		{"POST", "numbers/9/phone/open", `{}`, 400, "there is no number"},
		{"POST", "customers/9/send", `{"text":"x"}`, 400, "there is no customer"},
		{"POST", "customers/" + c.ID + "/send", `{"type":"hologram"}`, 400, "needs an object"},
		{"POST", "customers/" + c.ID + "/unsupported", `{"code":7}`, 400, "131051"},
		{"GET", "nothing", "", 404, "the paths are"},
	}
	for _, r := range rows {
		status, raw := do(r.method, "/_emulator/"+r.path, r.body)
		if said := decode[map[string]any](t, raw)["error"]; status != r.status || !strings.Contains(said.(string), r.says) {
			t.Errorf("%s %s %s: HTTP %d %q, want %d and %q", r.method, r.path, r.body, status, said, r.status, r.says)
		}
	}
}

func TestBooksOverHTTP(t *testing.T) {
	e, do := served(t, metaemu.Config{})
	n, _ := e.CreateNumber(metaemu.NumberSpec{})
	post := func(body string) {
		if status, raw := do("POST", "/v25.0/"+n.ID+"/messages?access_token="+n.Token, body); status != 400 {
			t.Fatalf("HTTP %d %s, want 400", status, raw)
		}
	}
	post(`{"to":"201"}`)
	post(`{"to":"202","biz_opaque_callback_data":"v1.q.r"}`)
	_, raw := do("GET", "/_emulator/arrivals?number="+n.ID+"&after=1", "")
	list := decode[[]metaemu.Arrival](t, raw)
	if len(list) != 1 || list[0].To != "202" || list[0].Opaque != "v1.q.r" || list[0].Code != 100 || list[0].HTTP != 400 || len(list[0].SHA256) != 64 {
		t.Errorf("arrivals after the first = %+v", list)
	}
	post(`{"to":"203"}`)
	_, raw = do("GET", "/_emulator/arrivals?limit=2", "")
	if list := decode[[]metaemu.Arrival](t, raw); len(list) != 2 || list[0].To != "202" || list[1].To != "203" {
		t.Errorf("the last two arrivals = %+v", list)
	}
	_, raw = do("GET", "/_emulator/arrivals?after="+e.Now().Add(time.Hour).Format(time.RFC3339), "")
	if strings.TrimSpace(raw) != "[]" {
		t.Errorf("arrivals of the next hour = %s", raw)
	}
	if status, _ := do("POST", "/_emulator/apps/"+n.App, `{"callback":"http://127.0.0.1:9/in"}`); status != 200 || e.State().Apps[0].Callback != "http://127.0.0.1:9/in" {
		t.Errorf("a new callback: HTTP %d, app %+v", status, e.State().Apps[0])
	}
	for _, path := range []string{"arrivals?number=9", "breaches", "deliveries"} {
		if _, raw := do("GET", "/_emulator/"+path, ""); strings.TrimSpace(raw) != "[]" {
			t.Errorf("%s = %s, want an empty list", path, raw)
		}
	}
	if _, raw = do("GET", "/_emulator/invoice", ""); !strings.Contains(raw, `"lines":[]`) || !strings.Contains(raw, "null where no rate is known") {
		t.Errorf("invoice = %s", raw)
	}
	if _, raw = do("PUT", "/_emulator/faults", `{"duplicates":0.5,"delay":"90s"}`); !strings.Contains(raw, `"delay":"1m30s"`) {
		t.Errorf("faults = %s", raw)
	}
	if _, raw = do("PUT", "/_emulator/faults", `{"duplicates":0}`); decode[metaemu.Faults](t, raw).Delay != metaemu.Span(90*time.Second) {
		t.Errorf("what was not named has changed: %s", raw)
	}
	if s := decode[metaemu.State](t, func() string { _, raw := do("GET", "/_emulator/state", ""); return raw }()); s.Counters.Arrivals != 3 || !s.Running {
		t.Errorf("state = %+v, want three arrivals", s)
	}
}

// TestAdvancingWakesEverything is on the wall clock: nothing here may take long.
func TestAdvancingWakesEverything(t *testing.T) {
	e, do := served(t, metaemu.Config{})
	n, _ := e.CreateNumber(metaemu.NumberSpec{})
	before := e.Now()
	if status, raw := do("POST", "/_emulator/clock", `{"advance":"13d"}`); status != 200 {
		t.Fatalf("HTTP %d %s", status, raw)
	}
	if moved := e.Now().Sub(before); moved < 13*24*time.Hour {
		t.Errorf("the clock moved %v, want 13 days", moved)
	}
	if s := e.State().Numbers[0].Stage; s != metaemu.StageLive {
		t.Errorf("after 13 days the number is %s, want live", s)
	}
	do("POST", "/_emulator/clock", `{"advance":"1d"}`)
	if s := e.State().Numbers[0].Stage; s != metaemu.StageDisconnected {
		t.Errorf("after 14 days number %s is %s, want disconnected", n.ID, s)
	}
}

func TestAdvanceWakesSleepers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c metaemu.WallClock
		began, woke := time.Now(), make(chan error, 1)
		go func() { woke <- c.Sleep(t.Context(), time.Hour) }()
		synctest.Wait()
		c.Advance(59 * time.Minute)
		synctest.Wait()
		if len(woke) != 0 {
			t.Fatal("a sleeper of an hour woke after 59 minutes")
		}
		c.Advance(time.Minute)
		if err := <-woke; err != nil || time.Since(began) != 0 {
			t.Errorf("Sleep = %v after %v more, want nil at once", err, time.Since(began))
		}
		c.Advance(-time.Hour)
		if d := c.Now().Sub(began); d != time.Hour {
			t.Errorf("the clock is %v ahead, want an hour", d)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.Sleep(ctx, time.Hour); err == nil {
			t.Error("Sleep ignored a context that has ended")
		}
	})
}

func TestScreenAndStream(t *testing.T) {
	e := metaemu.New(metaemu.Config{})
	srv := httptest.NewServer(e.Handler())
	defer srv.Close()
	for path, want := range map[string]string{"/": "text/html", "/app/main.js": "javascript", "/words/ar.js": "javascript", "/look/base.css": "text/css", "/look/vazirmatn-arabic-wght-normal.woff2": "font"} {
		res, err := srv.Client().Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != 200 || !strings.Contains(res.Header.Get("Content-Type"), want) || len(raw) < 500 {
			t.Errorf("%s: HTTP %d %s, %d bytes", path, res.StatusCode, res.Header.Get("Content-Type"), len(raw))
		}
		for _, bad := range []string{"innerHTML", "insertAdjacentHTML", "document.write", "https://", "http://"} {
			if strings.Contains(string(raw), bad) {
				t.Errorf("%s contains %q", path, bad)
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", srv.URL+"/_emulator/stream", nil)
	res, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() && lines.Text() != "event: hello" {
	}
	n, _ := e.CreateNumber(metaemu.NumberSpec{})
	c, _ := e.CreateCustomer(metaemu.CustomerSpec{})
	if _, err := e.CustomerSend(c.ID, n.ID, metaemu.Content{Text: "secret words"}); err != nil {
		t.Fatal(err)
	}
	var told []metaemu.Change
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: ["); ok {
			told = decode[[]metaemu.Change](t, "["+data)
			break
		}
	}
	want := metaemu.Change{Kind: "chat", Number: n.ID, Customer: c.ID}
	found := false
	for _, ch := range told {
		found = found || ch == want
	}
	if !found {
		t.Errorf("the stream told %v, want %v among it", told, want)
	}
}
