// Package mailtest is a mail server for tests: it keeps what it takes, and refuses
// what it is told to.
package mailtest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
)

// Mail is one that was taken.
type Mail struct {
	From, To    string // of the envelope
	Header      netmail.Header
	Subject     string
	Plain, HTML string
}

// Server takes mail in the open, without sign-in. It is safe for concurrent use.
type Server struct {
	mu      sync.Mutex // guards what follows
	mails   []Mail
	answers map[string]string // by command: what to say instead of yes
	drop    bool
	conns   sync.WaitGroup
}

// Serve takes connections until the listener is closed and all have ended.
func (s *Server) Serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			break
		}
		s.conns.Go(func() { s.talk(c) })
	}
	s.conns.Wait()
}

// Mails are those that were taken, in their order.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Answer makes the server say something else than yes to a command, such as "RCPT"
// or "." for the end of a mail; an empty line is yes again.
func (s *Server) Answer(command, line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answers == nil {
		s.answers = map[string]string{}
	}
	s.answers[command] = line
}

// Drop makes the server hang up on everybody at once, or no more.
func (s *Server) Drop(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop = on
}

func (s *Server) answer(command, yes string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if line := s.answers[command]; line != "" {
		return line
	}
	return yes
}

func (s *Server) dropping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drop
}

func (s *Server) talk(c net.Conn) {
	defer c.Close()
	if s.dropping() {
		return
	}
	r := bufio.NewReader(c)
	say := func(line string) bool { _, err := io.WriteString(c, line+"\r\n"); return err == nil }
	if !say("220 mail.test") {
		return
	}
	var m Mail
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch verb = strings.ToUpper(verb); verb {
		case "EHLO", "HELO":
			say(s.answer(verb, "250 mail.test"))
		case "MAIL":
			m = Mail{From: address(rest)}
			say(s.answer(verb, "250 ok"))
		case "RCPT":
			m.To = address(rest)
			say(s.answer(verb, "250 ok"))
		case "DATA":
			say("354 go on")
			raw, err := data(r)
			if err != nil {
				return
			}
			say(s.take(m, raw))
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// take keeps a mail, unless the server was told to refuse it.
func (s *Server) take(m Mail, raw []byte) string {
	answer := s.answer(".", "250 taken")
	if !strings.HasPrefix(answer, "2") {
		return answer
	}
	if err := m.read(raw); err != nil {
		return "554 not a mail: " + err.Error()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
	return answer
}

func address(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}

// data reads a mail to the line with nothing but a dot.
func data(r *bufio.Reader) ([]byte, error) {
	var raw bytes.Buffer
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if line == ".\r\n" {
			return raw.Bytes(), nil
		}
		raw.WriteString(strings.TrimPrefix(line, "."))
	}
}

func (m *Mail) read(raw []byte) error {
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	m.Header = msg.Header
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		return err
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return fmt.Errorf("a mail of type %s, want both plain text and HTML", kind)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var body io.Reader = p
		if p.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
			body = quotedprintable.NewReader(p)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		said := strings.ReplaceAll(string(text), "\r\n", "\n")
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			m.HTML = said
		} else {
			m.Plain = said
		}
	}
}
