package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"wasl/internal/hook"
	"wasl/internal/mail"
	"wasl/internal/notify"
	"wasl/internal/outbox"
	"wasl/internal/store"
)

// Noticing are the settings of how people are told what they have to know.
type Noticing struct {
	SMTPHost             string   `name:"smtp-host" help:"Mail server that notices are sent by. Without it no mail is sent." env:"WASL_SMTP_HOST"`
	SMTPPort             int      `name:"smtp-port" help:"Its port." default:"587" env:"WASL_SMTP_PORT"`
	SMTPSecurity         string   `name:"smtp-security" help:"starttls, tls (usually port 465), or none for a server on the same machine." default:"starttls" enum:"starttls,tls,none" env:"WASL_SMTP_SECURITY"`
	SMTPUser             string   `name:"smtp-user" help:"User name there; empty: no sign-in." env:"WASL_SMTP_USER"`
	SMTPPassword         string   `name:"smtp-password" help:"Password there." env:"WASL_SMTP_PASSWORD"`
	SMTPPasswordFile     string   `name:"smtp-password-file" help:"File to read that password from." env:"WASL_SMTP_PASSWORD_FILE" type:"path"`
	MailFrom             string   `name:"mail-from" help:"Address that mail comes from, such as: Wasl <wasl@example.com>." env:"WASL_MAIL_FROM"`
	OperatorEmail        string   `help:"Address that is told of every business's notices." env:"WASL_OPERATOR_EMAIL"`
	OperatorLanguage     string   `help:"Language of that mail: en or ar." default:"en" enum:"en,ar" env:"WASL_OPERATOR_LANGUAGE"`
	NoticeHooks          []string `help:"Addresses that notices are posted to, separated by commas." env:"WASL_NOTICE_HOOKS"`
	NoticeHookSecret     string   `help:"Secret that signs them; several, separated by commas, while one is being replaced." env:"WASL_NOTICE_HOOK_SECRET"`
	NoticeHookSecretFile string   `help:"File to read that secret from." env:"WASL_NOTICE_HOOK_SECRET_FILE" type:"path"`
}

// ready reports whether the settings go together.
func (n *Noticing) ready() error {
	switch {
	case n.SMTPHost != "" && n.MailFrom == "":
		return errors.New("--smtp-host is given, but not --mail-from: say which address mail comes from")
	case n.SMTPHost == "" && n.OperatorEmail != "":
		return errors.New("--operator-email is given, but not --smtp-host: say by which server mail is sent")
	case len(n.NoticeHooks) > 0 && n.NoticeHookSecret == "":
		return errors.New("--notice-hooks are given, but not --notice-hook-secret: without it nobody could tell our notices from forged ones")
	}
	return nil
}

// address is where notices go.
func (n *Noticing) address() notify.Address {
	return notify.Address{
		Mail: n.SMTPHost != "", Hooks: n.NoticeHooks,
		Provider: notify.Recipient{Email: n.OperatorEmail, Locale: notify.Locale(n.OperatorLanguage)},
	}
}

// couriers carry notices out of the house, by every channel that is set up. What was
// written down for another waits until it is.
func (h *house) couriers(box *outbox.Box) error {
	n := &h.serving.Noticing
	poster := &hook.Poster{}
	for _, s := range strings.Split(n.NoticeHookSecret, ",") {
		secret, err := hook.Secret(strings.TrimSpace(s))
		if err != nil {
			return fmt.Errorf("--notice-hook-secret: %w", err)
		}
		poster.Secrets = append(poster.Secrets, secret)
	}
	carriers := map[notify.Channel]notify.Carrier{notify.Template: notify.Templates{Outbox: box}}
	if n.NoticeHookSecret != "" {
		carriers[notify.Hook] = poster
	}
	if n.SMTPHost != "" {
		carriers[notify.Mail] = &mail.Server{
			Host: n.SMTPHost, Port: n.SMTPPort, Security: mail.Security(n.SMTPSecurity), User: n.SMTPUser, Password: n.SMTPPassword,
			From: n.MailFrom, Public: h.serving.publicURL(),
		}
	}
	for channel, carrier := range carriers {
		wake, _ := h.db.Listen(store.TopicNotices(channel))
		c := &notify.Courier{Channel: channel, Post: h.db, Carrier: carrier, Log: h.log, Wake: wake}
		h.carrying = append(h.carrying, func(ctx context.Context) error { return c.Run(ctx) })
	}
	return nil
}
