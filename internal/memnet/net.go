// Package memnet is a network in memory, for tests. HTTP clients and servers
// run on it unchanged, and inside a testing/synctest bubble they run on the
// bubble's time: a goroutine that waits on a connection waits on channels made
// in the bubble, so that time moves on when everybody waits. A real socket
// stops the bubble's clock.
//
// Make the Net inside the bubble that uses it.
package memnet

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// A Net is a network of its own: names on it are known on it only. It is safe
// for concurrent use.
type Net struct {
	delay func() time.Duration

	mu        sync.Mutex // guards what follows and the calls of delay
	listeners map[string]*listener
	port      int // the last port given to a caller who did not care
}

// An Option changes how a Net behaves.
type Option func(*Net)

// Delay makes every write travel for as long as f says, one way. Bytes of one
// connection stay in order, as in TCP: a late write holds up the ones behind
// it. The calls of f are serialised, so that it may use a seeded generator.
func Delay(f func() time.Duration) Option {
	return func(n *Net) { n.delay = f }
}

// New returns an empty network without delay.
func New(opts ...Option) *Net {
	n := &Net{listeners: map[string]*listener{}, port: 49151}
	for _, o := range opts {
		o(n)
	}
	return n
}

// Listen announces host:port. The host is any name; port 0 is replaced by a
// free one, which Addr tells.
func (n *Net) Listen(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Err: err}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if port == "0" || port == "" {
		n.port++
		port = strconv.Itoa(n.port)
	}
	a := addr(net.JoinHostPort(host, port))
	if n.listeners[string(a)] != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Addr: a, Err: syscall.EADDRINUSE}
	}
	l := &listener{net: n, addr: a, backlog: make(chan net.Conn), closed: make(chan struct{})}
	n.listeners[string(a)] = l
	return l, nil
}

// Dial connects to a listener of this network. It has the signature of
// http.Transport.DialContext. Nobody listening is ECONNREFUSED, at once.
func (n *Net) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	fail := func(err error) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: addr(address), Err: err}
	}
	n.mu.Lock()
	l := n.listeners[address]
	n.port++
	from := addr(fmt.Sprintf("client:%d", n.port))
	n.mu.Unlock()
	if l == nil {
		return fail(syscall.ECONNREFUSED)
	}
	client, server := n.pair(from, l.addr)
	select {
	case l.backlog <- server:
		return client, nil
	case <-l.closed:
		return fail(syscall.ECONNREFUSED)
	case <-ctx.Done():
		return fail(ctx.Err())
	}
}

// Client returns an HTTP client whose every connection is on this network.
func (n *Net) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext:         n.Dial,
		MaxIdleConnsPerHost: 128,
	}}
}

func (n *Net) travel() time.Duration {
	if n.delay == nil {
		return 0
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.delay()
}

// listener is one announced address.
type listener struct {
	net     *Net
	addr    addr
	backlog chan net.Conn
	once    sync.Once
	closed  chan struct{}
}

// Accept returns the next connection, or net.ErrClosed.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.backlog:
		return c, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.addr, Err: net.ErrClosed}
	}
}

// Close frees the address. Accepted connections live on.
func (l *listener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.net.mu.Lock()
		defer l.net.mu.Unlock()
		delete(l.net.listeners, string(l.addr))
	})
	return nil
}

// Addr is the address announced, with the real port.
func (l *listener) Addr() net.Addr { return l.addr }

type addr string

func (addr) Network() string  { return "tcp" }
func (a addr) String() string { return string(a) }
