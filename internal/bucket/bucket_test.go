package bucket_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"wasl/internal/bucket"
	"wasl/internal/media"
	"wasl/internal/media/vaulttest"
)

// store starts a fake and returns a store that speaks with it.
func store(t *testing.T, start func(http.Handler) *httptest.Server, change ...func(*bucket.Config)) (*bucket.Store, *fake, string) {
	t.Helper()
	f := &fake{bucket: "files", access: "AKIATEST", secret: "secret of the test", region: "me-south-1", objects: map[string][]byte{}}
	server := start(f)
	t.Cleanup(server.Close)
	// A bucket in front of the host's name leads to the same server.
	tr, ok := server.Client().Transport.(*http.Transport)
	if !ok {
		t.Fatal("no transport")
	}
	tr = tr.Clone()
	tr.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	c := bucket.Config{
		Endpoint: server.URL, Region: f.region, Bucket: f.bucket, AccessKey: f.access, SecretKey: f.secret, PathStyle: true, Scratch: t.TempDir(), Transport: tr,
	}
	for _, ch := range change {
		ch(&c)
	}
	s, err := bucket.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s, f, c.Scratch
}

func TestVault(t *testing.T) {
	t.Run("over TLS", func(t *testing.T) {
		vaulttest.Run(t, func(t *testing.T) media.Vault { s, _, _ := store(t, httptest.NewTLSServer); return s })
	})
	t.Run("without TLS", func(t *testing.T) {
		vaulttest.Run(t, func(t *testing.T) media.Vault { s, _, _ := store(t, httptest.NewServer); return s })
	})
	t.Run("the bucket in the host's name", func(t *testing.T) {
		vaulttest.Run(t, func(t *testing.T) media.Vault {
			s, _, _ := store(t, httptest.NewServer, func(c *bucket.Config) { c.PathStyle, c.Endpoint = false, "http://s3.test" })
			return s
		})
	})
}

// TestObjects: an object is called by its Business and its hash, is written once, and
// leaves nothing on this machine.
func TestObjects(t *testing.T) {
	s, f, scratch := store(t, httptest.NewTLSServer)
	for range 3 {
		if err := vaulttest.Put(s, "biz_a", []byte("same")); err != nil {
			t.Fatal(err)
		}
	}
	const sum = "0967115f2813a3541eaef77de9d9d5773f1c0c04314b0bbfe4ff3b3b1c55b5d5"
	if _, ok := f.objects["biz_a/09/"+sum]; !ok || len(f.objects) != 1 || f.puts != 1 {
		t.Errorf("%d objects after %d writes: %v", len(f.objects), f.puts, f.objects)
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) != 0 {
		t.Errorf("left on this machine: %v, %v", left, err)
	}
}

// TestWrongSum: what is not what it is said to be gets no name.
func TestWrongSum(t *testing.T) {
	s, f, _ := store(t, httptest.NewTLSServer)
	d, err := s.Create("biz_a")
	if err == nil {
		_, err = d.Write([]byte("one"))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Keep(vaulttest.Sum([]byte("other"))); err == nil || len(f.objects) != 0 {
		t.Errorf("kept under another's hash: %v", err)
	}
}

// TestTrouble: a store that does not answer, refuses or loses bytes is trouble to try
// again, and never told as a file that is not there.
func TestTrouble(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(f *fake)
	}{
		{"it does not answer", func(f *fake) { f.fail = func(*http.Request) bool { return true } }},
		{"the key is refused", func(f *fake) { f.secret = "another" }},
		{"its bucket is gone", func(f *fake) { f.gone = true }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, f, _ := store(t, httptest.NewTLSServer)
			if err := vaulttest.Put(s, "biz_a", []byte("kept")); err != nil {
				t.Fatal(err)
			}
			f.mu.Lock()
			tt.spoil(f)
			f.mu.Unlock()
			_, openErr := s.Open("biz_a", vaulttest.Sum([]byte("kept")))
			for doing, err := range map[string]error{
				"open": openErr, "put": vaulttest.Put(s, "biz_a", []byte("new")), "ping": s.Ping(t.Context()), "remove": s.Remove("biz_a", vaulttest.Sum([]byte("kept"))),
			} {
				if !errors.Is(err, media.ErrUnavailable) || errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s: %v", doing, err)
				}
				if err != nil && strings.Contains(err.Error(), "secret of the test") {
					t.Errorf("%s: the error tells the key", doing)
				}
			}
		})
	}
}

// TestHalfWritten: a store that confirms what it has not kept whole is not believed.
func TestHalfWritten(t *testing.T) {
	s, f, _ := store(t, httptest.NewTLSServer)
	f.cut = true
	if err := vaulttest.Put(s, "biz_a", []byte("0123456789")); !errors.Is(err, media.ErrUnavailable) {
		t.Fatalf("half a file was taken for kept: %v", err)
	}
	f.cut = false
	if err := vaulttest.Put(s, "biz_a", []byte("0123456789")); err != nil {
		t.Fatal(err)
	}
	if got := len(f.objects); got != 1 {
		t.Errorf("%d objects", got)
	}
}

// TestConfig: what cannot be a store is refused at the start, in words.
func TestConfig(t *testing.T) {
	whole := bucket.Config{Endpoint: "https://s3.example.com", Bucket: "files", AccessKey: "a", SecretKey: "b"}
	if _, err := bucket.New(t.Context(), whole); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*bucket.Config){
		"no scheme":               func(c *bucket.Config) { c.Endpoint = "s3.example.com" },
		"the bucket as a path":    func(c *bucket.Config) { c.Endpoint = "https://s3.example.com/files" },
		"no bucket":               func(c *bucket.Config) { c.Bucket = "" },
		"no key":                  func(c *bucket.Config) { c.AccessKey = "" },
		"no secret":               func(c *bucket.Config) { c.SecretKey = "" },
		"another kind of address": func(c *bucket.Config) { c.Endpoint = "ftp://s3.example.com" },
	} {
		t.Run(name, func(t *testing.T) {
			c := whole
			change(&c)
			if _, err := bucket.New(t.Context(), c); err == nil {
				t.Error("taken")
			}
		})
	}
}
