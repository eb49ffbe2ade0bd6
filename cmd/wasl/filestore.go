package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"wasl/internal/bucket"
	"wasl/internal/media"
)

// FileStore are the settings of where files are: those that came with messages.
type FileStore struct {
	S3Endpoint      string `name:"s3-endpoint" help:"Address of an S3-compatible store for files, such as https://s3.example.com. Default: they are in the data folder." env:"WASL_S3_ENDPOINT"`
	S3Region        string `name:"s3-region" help:"Its region." default:"us-east-1" env:"WASL_S3_REGION"`
	S3Bucket        string `name:"s3-bucket" help:"Its bucket, which must exist." env:"WASL_S3_BUCKET"`
	S3PathStyle     bool   `name:"s3-path-style" help:"Name the bucket in the path instead of in the host, as stores of one's own want it." env:"WASL_S3_PATH_STYLE"`
	S3AccessKey     string `name:"s3-access-key" help:"Access key of the store." env:"WASL_S3_ACCESS_KEY"`
	S3AccessKeyFile string `name:"s3-access-key-file" help:"File to read the access key from." env:"WASL_S3_ACCESS_KEY_FILE" type:"path"`
	S3SecretKey     string `name:"s3-secret-key" help:"Secret key of the store." env:"WASL_S3_SECRET_KEY"`
	S3SecretKeyFile string `name:"s3-secret-key-file" help:"File to read the secret key from." env:"WASL_S3_SECRET_KEY_FILE" type:"path"`
}

// vault is where files are. Its calls end when ctx does.
func (s *Settings) vault(ctx context.Context) (media.Vault, error) {
	if s.S3Endpoint == "" {
		if s.S3Bucket != "" {
			return nil, errors.New("--s3-bucket needs --s3-endpoint, the address of the store")
		}
		return media.Disk{Root: filepath.Join(s.Data, "media")}, nil
	}
	access, err := secretOf(s.S3AccessKey, s.S3AccessKeyFile)
	if err != nil {
		return nil, err
	}
	secret, err := secretOf(s.S3SecretKey, s.S3SecretKeyFile)
	if err != nil {
		return nil, err
	}
	return bucket.New(ctx, bucket.Config{
		Endpoint: s.S3Endpoint, Region: s.S3Region, Bucket: s.S3Bucket, AccessKey: access, SecretKey: secret, PathStyle: s.S3PathStyle, Scratch: s.Data,
	})
}

// secretOf is a secret as it is given, or as it stands in a file.
func secretOf(given, file string) (string, error) {
	if given != "" || file == "" {
		return given, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	return strings.TrimSpace(string(raw)), nil
}

// files looks whether the store of files answers.
func (s *Settings) files(ctx context.Context) finding {
	f := finding{What: "files"}
	v, err := s.vault(ctx)
	if err != nil {
		f.Say, f.Do = err.Error(), "See the sentence above; the server will not start like this."
		return f
	}
	b, ok := v.(*bucket.Store)
	if !ok {
		f.OK, f.Say = true, "are kept in "+filepath.Join(s.Data, "media")
		return f
	}
	if err := b.Ping(ctx); err != nil {
		f.Say, f.Do = err.Error(), "Check address, region, bucket, keys and --s3-path-style. Until it answers, files wait to be fetched and cannot be shown."
		return f
	}
	f.OK, f.Say = true, "are kept in the bucket "+s.S3Bucket+" of "+s.S3Endpoint
	return f
}
