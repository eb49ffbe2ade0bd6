package httpapi_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"wasl/internal/httpapi"
)

var update = flag.Bool("update", false, "write api/openapi.json anew")

const documentPath = "../../api/openapi.json"

// TestOpenAPI holds the checked-in document to what the handlers say.
// `go test ./internal/httpapi -run TestOpenAPI -update` writes it anew.
func TestOpenAPI(t *testing.T) {
	got, err := httpapi.New(httpapi.Config{}).Document()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(documentPath, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(documentPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("api/openapi.json is not what the handlers say; run the test with -update")
	}
	if s := string(got); strings.Contains(s, "$schema") || !strings.Contains(s, `"openapi": "3.1.0"`) {
		t.Errorf("the document has $schema links, or is not 3.1")
	}
}
