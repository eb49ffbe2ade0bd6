// Package bucket keeps files in an S3-compatible store, by hash, apart for each
// Business, as the folder of [media.Disk] does: its objects are called
// BUSINESS/ab/abcdef….
//
// A draft is written to a file of this machine first, so that its hash is known
// before it has a name, and a lost connection costs nothing but another try. Keep
// returns when the store has confirmed every byte. What the store does not answer
// is [media.ErrUnavailable]; what it does not have is [fs.ErrNotExist], and only
// where the bucket itself is there.
package bucket

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"wasl/internal/media"
	"wasl/internal/wa"
)

// How long the store may take. Whoever waits for it tries again later.
const (
	askTime   = 30 * time.Second
	writeTime = 5 * time.Minute
	tries     = 3
)

// Config says where the store is.
type Config struct {
	Endpoint  string // https://host or http://host, with a port if need be
	Region    string
	Bucket    string
	AccessKey string
	SecretKey string
	PathStyle bool              // https://host/bucket instead of https://bucket.host
	Scratch   string            // folder for drafts; empty: the system's own
	Transport http.RoundTripper // nil: the usual one
}

// Store is a [media.Vault] in a bucket. It is safe for concurrent use.
type Store struct {
	client  *minio.Client
	bucket  string
	scratch string
	life    context.Context // ends with the process; so does every call
}

var _ media.Vault = (*Store)(nil)

// New returns the store of a bucket. It asks nothing of it yet. Its calls end when
// ctx does.
func New(ctx context.Context, c Config) (*Store, error) {
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("%q is no address of a store: write it as https://s3.example.com, without the bucket", c.Endpoint)
	}
	if c.Bucket == "" || c.AccessKey == "" || c.SecretKey == "" {
		return nil, errors.New("a store of files needs a bucket, an access key and a secret key")
	}
	lookup := minio.BucketLookupDNS
	if c.PathStyle {
		lookup = minio.BucketLookupPath
	}
	region := c.Region
	if region == "" {
		region = "us-east-1" // what stores that know no regions expect
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: u.Scheme == "https", Transport: c.Transport,
		Region: region, BucketLookup: lookup, MaxRetries: tries,
	})
	if err != nil {
		return nil, fmt.Errorf("store of files: %w", err)
	}
	return &Store{client: client, bucket: c.Bucket, scratch: c.Scratch, life: ctx}, nil
}

// Ping reports whether the bucket is there and may be used.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	there, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return trouble("ask for the bucket", err)
	}
	if !there {
		return trouble("ask for the bucket", errors.New("there is none of this name"))
	}
	return nil
}

// trouble is what another try may mend.
func trouble(doing string, err error) error {
	return fmt.Errorf("%s: %w: %w", doing, media.ErrUnavailable, err)
}

// key is the name of an object.
func key(b wa.BusinessID, sum []byte) (string, error) {
	// The id is ours; a check costs nothing and the prefix is a tenant's wall.
	if b == "" || strings.ContainsAny(string(b), `/\.`) {
		return "", fmt.Errorf("business %q has no place in the bucket", b)
	}
	name := hex.EncodeToString(sum)
	if len(name) < 2 {
		return "", errors.New("no hash")
	}
	return string(b) + "/" + name[:2] + "/" + name, nil
}

// Create implements [media.Vault].
func (s *Store) Create(b wa.BusinessID) (media.Draft, error) {
	if _, err := key(b, make([]byte, sha256.Size)); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(s.scratch, "part-*")
	if err != nil {
		return nil, fmt.Errorf("begin file: %w", err)
	}
	// Without a name nothing stays of it when the process ends.
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("begin file: %w", err), f.Close())
	}
	return &draft{file: f, sum: sha256.New(), store: s, business: b}, nil
}

type draft struct {
	file     *os.File
	sum      hash.Hash
	size     int64
	store    *Store
	business wa.BusinessID
}

// Write implements [io.Writer].
func (d *draft) Write(p []byte) (int, error) {
	n, err := d.file.Write(p)
	_, _ = d.sum.Write(p[:n]) // never fails
	d.size += int64(n)
	return n, err
}

// Drop implements [media.Draft].
func (d *draft) Drop() { _ = d.file.Close() } // may be closed already

// Keep implements [media.Draft].
func (d *draft) Keep(sum []byte) error {
	defer d.Drop()
	if !bytes.Equal(d.sum.Sum(nil), sum) {
		return errors.New("keep file: it is not what was written")
	}
	name, err := key(d.business, sum)
	if err != nil {
		return err
	}
	return d.store.put(name, d.file, d.size)
}

// put writes an object unless it is there, and looks whether it has come whole. The
// store checks the bytes against a digest before it says yes.
func (s *Store) put(name string, f *os.File, size int64) error {
	ctx, cancel := context.WithTimeout(s.life, writeTime)
	defer cancel()
	if o, err := s.client.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{}); err == nil && o.Size == size {
		return nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := s.client.PutObject(ctx, s.bucket, name, f, size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", SendContentMd5: true, DisableMultipart: true,
	})
	if err != nil {
		return trouble("write file", err)
	}
	o, err := s.client.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{})
	if err != nil {
		return trouble("look at file", err)
	}
	if o.Size != size {
		return trouble("look at file", fmt.Errorf("%d bytes of %d have come", o.Size, size))
	}
	return nil
}

// Open implements [media.Vault].
func (s *Store) Open(b wa.BusinessID, sum []byte) (io.ReadSeekCloser, error) {
	name, err := key(b, sum)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(s.life, askTime)
	defer cancel()
	_, err = s.client.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{})
	if err != nil {
		return nil, s.missing(ctx, name, err)
	}
	// What is read may take as long as whoever reads it; closing ends it.
	o, err := s.client.GetObject(s.life, s.bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, trouble("open file", err)
	}
	return o, nil
}

// missing tells an object that is not there from a store that has lost its bucket, or
// does not answer.
func (s *Store) missing(ctx context.Context, name string, err error) error {
	if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound && s.Ping(ctx) == nil {
		return &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return trouble("open file", err)
}

// Remove implements [media.Vault].
func (s *Store) Remove(b wa.BusinessID, sum []byte) error {
	name, err := key(b, sum)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(s.life, askTime)
	defer cancel()
	if err := s.client.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{}); err != nil {
		return trouble("remove file", err)
	}
	return nil
}
