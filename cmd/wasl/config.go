package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"

	"wasl/internal/platform"
	"wasl/internal/seal"
	"wasl/internal/store"
)

// Meta's own address and the version of the Graph API that Wasl speaks.
const (
	metaGraph    = "https://graph.facebook.com"
	graphVersion = "v25.0"
	metaSDK      = "https://connect.facebook.net/en_US/sdk.js"
)

// Settings are those of every command that opens a database. Its tags are the
// manual: flag, then WASL_… variable, then file.
type Settings struct {
	Data          string `help:"Folder of the database, media and keys." default:"./data" env:"WASL_DATA" type:"path"`
	Database      string `help:"postgres://… for several processes; otherwise an SQLite file in the data folder." env:"WASL_DATABASE"`
	MasterKeyFile string `help:"File of the key that seals tokens. Made in the data folder at the first start." env:"WASL_MASTER_KEY_FILE" type:"path"`
	LogLevel      string `help:"debug, info, warn or error." default:"info" enum:"debug,info,warn,error" env:"WASL_LOG_LEVEL"`
	LogFormat     string `help:"text or json." default:"text" enum:"text,json" env:"WASL_LOG_FORMAT"`

	FileStore

	facts *platform.Book // nil: those the program comes with
}

// Serving are the settings of a process that serves.
type Serving struct {
	Dated
	Listen          string `help:"Address to serve on." default:"127.0.0.1:8080" env:"WASL_LISTEN"`
	PublicURL       string `help:"Address people and Meta reach this server by. Default: from --listen." env:"WASL_PUBLIC_URL"`
	GraphURL        string `help:"Address of the Graph API; an emulator's for trying." default:"${graph_url}" env:"WASL_GRAPH_URL"`
	GraphVersion    string `help:"Version of the Graph API." default:"${graph_version}" env:"WASL_GRAPH_VERSION"`
	AppID           string `help:"Id of the Meta app." env:"WASL_APP_ID"`
	AppSecret       string `help:"Secret of the Meta app; several, separated by commas, while one is being replaced." env:"WASL_APP_SECRET"`
	AppSecretFile   string `help:"File to read the app secret from." env:"WASL_APP_SECRET_FILE" type:"path"`
	VerifyToken     string `help:"Token Meta presents when it checks the webhook address." env:"WASL_VERIFY_TOKEN"`
	VerifyTokenFile string `help:"File to read the verify token from." env:"WASL_VERIFY_TOKEN_FILE" type:"path"`
	SignupConfigID  string `help:"Id of the Embedded Signup configuration." env:"WASL_SIGNUP_CONFIG_ID"`
	SignupSDKURL    string `help:"Address of Meta's JavaScript SDK; an emulator's for trying." default:"${sdk_url}" env:"WASL_SIGNUP_SDK_URL"`
	MediaDays       int    `help:"Days that files which came with messages are kept; 0: for ever." default:"0" env:"WASL_MEDIA_DAYS"`
	WebhookLimit    int64  `help:"Largest webhook body in bytes." default:"8388608" env:"WASL_WEBHOOK_LIMIT"`
}

// secrets reads the secrets that may stand in files.
func (s *Serving) secrets() error {
	for _, f := range []struct {
		path string
		into *string
	}{{s.AppSecretFile, &s.AppSecret}, {s.VerifyTokenFile, &s.VerifyToken}} {
		secret, err := secretOf(*f.into, f.path)
		if err != nil {
			return err
		}
		*f.into = secret
	}
	return nil
}

// publicURL is how people reach the server.
func (s *Serving) publicURL() string {
	if s.PublicURL != "" {
		return strings.TrimSuffix(s.PublicURL, "/")
	}
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return "http://" + s.Listen
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// logger writes to w as the settings say.
func (s *Settings) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// database is the address of the database.
func (s *Settings) database() string {
	if s.Database != "" {
		return s.Database
	}
	return filepath.Join(s.Data, "wasl.db")
}

// keyFile is where the master key is.
func (s *Settings) keyFile() string {
	if s.MasterKeyFile != "" {
		return s.MasterKeyFile
	}
	return filepath.Join(s.Data, "master.key")
}

// sealer loads the master key. It is made only where there is no database yet:
// with another key the tokens in a database would be lost silently.
func (s *Settings) sealer() (*seal.Sealer, error) {
	_, err := os.Stat(s.database())
	fresh := s.Database == "" && errors.Is(err, os.ErrNotExist) || s.Database != ""
	k, err := seal.Load(s.keyFile(), fresh)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the master key %s is missing, without which the tokens in %s cannot be read; put it back (--master-key-file) or restore a backup", s.keyFile(), s.database())
	}
	return k, err
}

// open opens the database.
func (s *Settings) open(ctx runContext) (*store.DB, *seal.Sealer, error) {
	k, err := s.sealer()
	if err != nil {
		return nil, nil, err
	}
	node, err := s.node()
	if err != nil {
		return nil, nil, err
	}
	db, err := store.Open(ctx, store.Options{URL: s.database(), Sealer: k, Node: node, Log: s.logger(ctx.stderr), Facts: s.facts})
	return db, k, err
}
