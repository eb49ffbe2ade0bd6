package witness_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wasl/metaemu"
	"wasl/metaemu/witness"
)

// written are the exchanges in a folder, and all its text.
func written(t *testing.T, dir string) ([]metaemu.Exchange, string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files = %v, %v; want one", files, err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var all []metaemu.Exchange
	for line := range bytes.Lines(raw) {
		var x metaemu.Exchange
		if err := json.Unmarshal(line, &x); err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	return all, string(raw)
}

// TestWitnessSeesCallAndAnswer: what was asked, of what kind of object, and what
// came back; but no token.
func TestWitnessSeesCallAndAnswer(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(witness.Variable, dir)
	e := metaemu.New(metaemu.Config{Witness: witness.FromEnv()})
	app, err := e.CreateApp(metaemu.AppSpec{})
	if err != nil {
		t.Fatal(err)
	}
	waba, err := e.CreateWABA(metaemu.WABASpec{App: app.ID})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(e.Handler())
	defer srv.Close()
	n, err := e.CreateNumber(metaemu.NumberSpec{WABA: waba.ID})
	if err != nil {
		t.Fatal(err)
	}
	code, err := e.PhoneLink(n.ID, true)
	if err != nil {
		t.Fatal(err)
	}
	var answers []string
	for _, path := range []string{
		"/v25.0/" + waba.ID + "?fields=id&access_token=" + waba.Token,
		"/oauth/access_token?client_id=" + app.ID + "&client_secret=" + app.Secret + "&code=SECRETCODE",
		"/oauth/access_token?client_id=" + app.ID + "&client_secret=" + app.Secret + "&code=" + code,
	} {
		res, err := http.Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		answers = append(answers, string(body))
	}
	all, text := written(t, dir)
	if len(all) != 3 {
		t.Fatalf("%d exchanges, want 3", len(all))
	}
	if x := all[0]; x.Kind != "waba" || x.Edge != "" || x.Status != 200 || string(x.Response) != answers[0] || x.Query.Get("fields") != "id" {
		t.Errorf("the first is %+v with %s, want the WABA's", x, x.Response)
	}
	if x := all[1]; x.Kind != "" || x.Status != 400 || x.Path != "/oauth/access_token" {
		t.Errorf("the second is %+v, want the refused code", x)
	}
	var granted struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(answers[2]), &granted); err != nil || granted.Token == "" {
		t.Fatalf("the code gave %s, want a token", answers[2])
	}
	for _, secret := range []string{waba.Token, app.Secret, "SECRETCODE", granted.Token} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in the file", secret)
		}
	}
}

// TestRequests: of a server that plays Meta only the requests are told, and it
// still gets their bodies.
func TestRequests(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(witness.Variable, dir)
	var got string
	h := witness.Requests(map[string]string{"7": "number"}, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = string(body)
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/v25.0/7/messages", strings.NewReader(`{"a":1}`)))
	all, _ := written(t, dir)
	if got != `{"a":1}` || len(all) != 1 || string(all[0].Request) != got || all[0].Kind != "number" || all[0].Edge != "messages" || all[0].Status != 0 {
		t.Errorf("the server got %s, the witness %+v", got, all)
	}
}

func TestNobodyAsked(t *testing.T) {
	t.Setenv(witness.Variable, "")
	if witness.FromEnv() != nil {
		t.Error("there is a witness although nobody asked for one")
	}
}
