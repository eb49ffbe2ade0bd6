package bucket_test

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// fake is a store in memory that speaks as much of S3 as is asked of one. It checks
// signatures of version 4 and digests of bodies, as a store must.
type fake struct {
	bucket, access, secret, region string

	mu      sync.Mutex
	objects map[string][]byte
	puts    int
	gone    bool                       // the bucket is
	fail    func(r *http.Request) bool // answers 503
	cut     bool                       // keeps half of what it confirms
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, err := content(r)
	switch {
	case err != nil:
		refuse(w, r, http.StatusBadRequest, "IncompleteBody")
		return
	case f.fail != nil && f.fail(r):
		refuse(w, r, http.StatusServiceUnavailable, "SlowDown")
		return
	case !f.signed(r):
		refuse(w, r, http.StatusForbidden, "SignatureDoesNotMatch")
		return
	}
	bucket, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if host, ok := strings.CutPrefix(r.Host, f.bucket+"."); ok && host != "" {
		bucket, name = f.bucket, strings.TrimPrefix(r.URL.Path, "/")
	}
	object, there := f.objects[name]
	switch {
	case bucket != f.bucket || f.gone:
		refuse(w, r, http.StatusNotFound, "NoSuchBucket")
	case name == "" && r.Method == http.MethodHead:
	case r.Method == http.MethodPut:
		f.put(w, r, name, body)
	case r.Method == http.MethodDelete:
		delete(f.objects, name)
		w.WriteHeader(http.StatusNoContent)
	case !there:
		refuse(w, r, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("ETag", etag(object))
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeContent(w, r, "", time.Unix(1_700_000_000, 0), bytes.NewReader(object))
	}
}

func (f *fake) put(w http.ResponseWriter, r *http.Request, name string, body []byte) {
	sum := md5.Sum(body)
	if told := r.Header.Get("Content-Md5"); told != base64.StdEncoding.EncodeToString(sum[:]) {
		refuse(w, r, http.StatusBadRequest, "BadDigest")
		return
	}
	f.puts++
	w.Header().Set("ETag", etag(body))
	if f.cut {
		body = body[:len(body)/2]
	}
	f.objects[name] = body
}

func etag(b []byte) string {
	sum := md5.Sum(b)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

func refuse(w http.ResponseWriter, r *http.Request, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, code)
	}
}

// content is a body, unpacked if it comes in signed pieces, as it does without TLS.
func content(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	var out []byte
	in := bufio.NewReader(r.Body)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 32)
		if err != nil {
			return nil, err
		}
		piece := make([]byte, n+2)
		if _, err := io.ReadFull(in, piece); err != nil {
			return nil, err
		}
		if n == 0 {
			return out, nil
		}
		out = append(out, piece[:n]...)
	}
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// signed reckons the signature of a request as Amazon describes it (Signature
// Version 4) and compares.
func (f *fake) signed(r *http.Request) bool {
	told := map[string]string{}
	kind, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		told[name] = value
	}
	scope := strings.Split(told["Credential"], "/") // key, day, region, service, aws4_request
	if kind != "AWS4-HMAC-SHA256" || len(scope) != 5 || scope[0] != f.access || scope[2] != f.region {
		return false
	}
	var headers strings.Builder
	names := strings.Split(told["SignedHeaders"], ";")
	for _, name := range names {
		value := r.Header.Get(name)
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		fmt.Fprintf(&headers, "%s:%s\n", name, strings.TrimSpace(value))
	}
	if !slices.Contains(names, "host") || !slices.Contains(names, "x-amz-date") {
		return false
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return false
	}
	canonical := strings.Join([]string{
		r.Method, r.URL.EscapedPath(), strings.ReplaceAll(query.Encode(), "+", "%20"), headers.String(), told["SignedHeaders"], r.Header.Get("X-Amz-Content-Sha256"),
	}, "\n")
	sum := sha256.Sum256([]byte(canonical))
	text := strings.Join([]string{kind, r.Header.Get("X-Amz-Date"), strings.Join(scope[1:], "/"), hex.EncodeToString(sum[:])}, "\n")
	key := mac(mac(mac(mac([]byte("AWS4"+f.secret), scope[1]), scope[2]), scope[3]), "aws4_request")
	return hmac.Equal([]byte(hex.EncodeToString(mac(key, text))), []byte(told["Signature"]))
}
