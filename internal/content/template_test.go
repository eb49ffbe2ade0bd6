package content_test

import (
	"testing"
	"time"

	"wasl/internal/content"
	"wasl/internal/fault"
	"wasl/internal/platform"
)

// TestTemplate: the exact body, in the order of its variables; a client's own template
// is not taken yet.
func TestTemplate(t *testing.T) {
	c := content.Template("phone_silent", "en_US", []string{"+1 2", "3"})
	const want = `{"type":"template","template":{"name":"phone_silent","language":{"code":"en_US"},"components":[` +
		`{"type":"body","parameters":[{"type":"text","text":"+1 2"},{"type":"text","text":"3"}]}]}}`
	if string(c.JSON) != want || c.Type != "template" || c.Text != "phone_silent · +1 2 · 3" {
		t.Errorf("Template = %s %q, want %s", c.JSON, c.Text, want)
	}
	if c := content.Template("hello", "ar", nil); string(c.JSON) != `{"type":"template","template":{"name":"hello","language":{"code":"ar"}}}` {
		t.Errorf("without variables: %s", c.JSON)
	}
	today := platform.Known().On(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	if _, f := content.Read(c.JSON, today); f == nil || f.Code != fault.CodeContentTypeNotSupportedYet {
		t.Errorf("read from a client: %v, want it refused", f)
	}
}
