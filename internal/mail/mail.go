// Package mail carries notices by e-mail.
package mail

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"wasl/internal/clock"
	"wasl/internal/notify"
	"wasl/internal/wa"
)

var _ notify.Carrier = (*Server)(nil)

// Security is how a connection to a mail server is kept secret.
type Security string

// The ways.
const (
	StartTLS Security = "starttls" // begun in the open, then secret, or not at all
	TLS      Security = "tls"
	Open     Security = "none" // for a server on the same machine
)

// Server is a mail server that takes our mail. It is safe for concurrent use.
type Server struct {
	Host     string
	Port     int
	User     string // empty: no sign-in
	Password string
	Security Security
	// From is the address mail comes from.
	From string
	// Public is where people reach the house.
	Public string
	// Dial is how connections are made that are not secret from the start; nil: over
	// the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Trust is whose certificates are believed; nil: those the machine believes.
	Trust *tls.Config
}

// patience is how long one mail may take.
const patience = 30 * time.Second

// Reasons why a mail did not arrive.
const (
	NotReached = "mail_server_not_reached" // or it did not let us in
	NotTaken   = "mail_not_taken"          // for now
	Refused    = "mail_refused"
	BadAddress = "mail_address_invalid"
)

// Carry implements [notify.Carrier]. Every attempt bears the same message id, so that
// a repetition can be known as one.
func (s *Server) Carry(ctx context.Context, l notify.Letter) (wa.MessageID, error) {
	m, err := s.message(l)
	if err != nil {
		return "", &notify.Trouble{Reason: BadAddress, Final: true, Err: err}
	}
	var road net.Conn
	defer func() {
		if road != nil {
			_ = road.Close() // the library leaves it open if the greeting goes wrong
		}
	}()
	options := s.options()
	if s.Security != TLS { // of that the library must know that the connection is secret
		options = append(options, gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (_ net.Conn, err error) {
			road, err = s.dial(ctx, network, address)
			return road, err
		}))
	}
	c, err := gomail.NewClient(s.Host, options...)
	if err != nil {
		return "", &notify.Trouble{Reason: NotReached, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", &notify.Trouble{Reason: NotReached, Err: err}
	}
	// A server that says no more after it has taken the mail has taken it.
	defer func() { _ = c.CloseWithSMTPClient(conn) }()
	if err := c.SendWithSMTPClient(conn, m); err != nil {
		return "", judge(err)
	}
	return "", nil
}

// judge says whether a mail that was not taken may yet be.
func judge(err error) *notify.Trouble {
	t := &notify.Trouble{Reason: NotTaken, Err: err}
	if e, ok := errors.AsType[*gomail.SendError](err); ok && e.ErrorCode() >= 500 && e.ErrorCode() < 600 {
		t.Reason, t.Final = Refused, true
	}
	return t
}

func (s *Server) options() []gomail.Option {
	o := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(patience), gomail.WithHELO(s.domain())}
	switch s.Security {
	case TLS:
		o = append(o, gomail.WithSSL())
	case Open:
		o = append(o, gomail.WithTLSPolicy(gomail.NoTLS))
	case StartTLS:
		o = append(o, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.User != "" {
		o = append(o, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	if s.Trust != nil {
		o = append(o, gomail.WithTLSConfig(s.Trust))
	}
	return o
}

func (s *Server) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if s.Dial != nil {
		return s.Dial(ctx, network, address)
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

// domain is that of the address mail comes from.
func (s *Server) domain() string {
	_, d, ok := strings.Cut(strings.TrimSuffix(s.From, ">"), "@")
	if !ok {
		return "localhost"
	}
	return d
}

func (s *Server) message(l notify.Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg()
	if err := m.From(s.From); err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	if err := m.To(l.Recipient); err != nil {
		return nil, fmt.Errorf("to: %w", err)
	}
	t := Compose(l, s.Public)
	m.Subject(t.Subject)
	m.SetDateWithValue(clock.Now())
	m.SetMessageIDWithValue(s.id(l))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", string(l.Locale))
	m.SetBodyString(gomail.TypeTextPlain, t.Plain)
	m.AddAlternativeString(gomail.TypeTextHTML, t.HTML)
	return m, nil
}

// id is the same for every attempt, and tells nobody the address.
func (s *Server) id(l notify.Letter) string {
	sum := sha256.Sum256([]byte(string(l.Business) + "\n" + l.ID + "\n" + l.Recipient))
	return l.ID + "." + hex.EncodeToString(sum[:12]) + "@" + s.domain()
}
