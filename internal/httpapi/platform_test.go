package httpapi_test

import (
	"strings"
	"testing"

	"wasl/internal/auth"
	"wasl/internal/httpapi"
)

// TestPlatformByDay: what held on a day is told with its source, and a number is
// judged by the rules of the day that is asked about.
func TestPlatformByDay(t *testing.T) {
	w := newWorld(t)
	token := w.session("sara@example.test", auth.Agent)
	speed := func(on string) (mps int64, from string) {
		t.Helper()
		day := want[httpapi.PlatformDay](t, w.do(request{method: "GET", path: "/v1/platform?on=" + on, token: token}), 200)
		for _, f := range day.Data {
			if f.Source == "" || f.From == "" {
				t.Errorf("%s %s has no source or date", f.Name, f.Scope)
			}
			if f.Name == "throughput" && f.Scope == "coexistence" {
				mps, from = f.Value, f.From
			}
		}
		return mps, from
	}
	if mps, from := speed("2025-09-13"); mps != 5 || from != "2025-01-01" {
		t.Errorf("in September 2025: %d since %s, want 5 since 2025-01-01", mps, from)
	}
	if mps, from := speed("2026-11-25"); mps != 20 || from != "2025-11-21" {
		t.Errorf("in November 2026: %d since %s, want 20 since 2025-11-21", mps, from)
	}
	if r := w.do(request{method: "GET", path: "/v1/platform?on=yesterday", token: token}); r.StatusCode != 400 || !strings.Contains(r.body, "2025-11-21") {
		t.Errorf("a day nobody can read: %d %s, want 400 that shows how", r.StatusCode, r.body)
	}
	check := func(body string) httpapi.Eligibility {
		t.Helper()
		return want[httpapi.Eligibility](t, w.do(request{method: "POST", path: "/v1/eligibility", token: token, body: body}), 200)
	}
	if e := check(`{"number":"+358 18 123 4567","on":"2025-09-13"}`); e.Country != "AX" || e.Offered || len(e.Instead) != 2 {
		t.Errorf("Åland in September 2025 = %+v, want it refused with what to do instead", e)
	}
	if e := check(`{"number":"+966512345678","app":"consumer"}`); !e.Offered || e.Overall != "fail" {
		t.Errorf("a number of the consumer app = %+v, want it offered there and failed", e)
	}
}

// TestMetaErrorsInWords: the list of Meta's codes is complete in both languages
// and says when it was read.
func TestMetaErrorsInWords(t *testing.T) {
	w := newWorld(t)
	list := want[struct {
		Read, Source string
		Data         []httpapi.MetaError
	}](t, w.do(request{method: "GET", path: "/v1/platform/errors", token: w.session("sara@example.test", auth.Agent)}), 200)
	if list.Read == "" || list.Source == "" || len(list.Data) < 90 {
		t.Errorf("%d codes, read %q at %q", len(list.Data), list.Read, list.Source)
	}
	for _, e := range list.Data {
		for _, told := range []httpapi.MetaTelling{e.EN, e.AR} {
			if told.Sentence == "" || told.Cause == "" || told.Fix == "" || e.To < e.Code {
				t.Errorf("code %d: %+v", e.Code, e)
			}
		}
	}
}
