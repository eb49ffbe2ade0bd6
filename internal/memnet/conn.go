package memnet

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// capacity is how many bytes may be on the road, one way, before a writer
// waits for the reader.
const capacity = 256 << 10

// conn is one end of a connection: it reads one road and writes the other.
type conn struct {
	local, remote addr
	in, out       *road
	travel        func() time.Duration
	readBy        deadline
	writeBy       deadline
}

func (n *Net) pair(client, server addr) (*conn, *conn) {
	up, down := newRoad(), newRoad()
	c := &conn{local: client, remote: server, in: down, out: up, travel: n.travel}
	s := &conn{local: server, remote: client, in: up, out: down, travel: n.travel}
	for _, end := range []*conn{c, s} {
		end.readBy.init()
		end.writeBy.init()
	}
	return c, s
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.in.read(b, &c.readBy)
	return n, c.wrap("read", err)
}

func (c *conn) Write(b []byte) (int, error) {
	n, err := c.out.write(b, c.travel(), &c.writeBy)
	return n, c.wrap("write", err)
}

// Close tells the other side after everything already written has arrived. What
// this side has not read is lost.
func (c *conn) Close() error {
	c.out.end(c.travel())
	c.in.abandon()
	return nil
}

func (c *conn) SetDeadline(t time.Time) error {
	c.readBy.set(t)
	c.writeBy.set(t)
	return nil
}

func (c *conn) SetReadDeadline(t time.Time) error {
	c.readBy.set(t)
	return nil
}

func (c *conn) SetWriteDeadline(t time.Time) error {
	c.writeBy.set(t)
	return nil
}

func (c *conn) wrap(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

// road carries bytes one way. The writer puts parcels on it, each with the time
// it arrives; the reader waits for that time.
type road struct {
	mu      sync.Mutex // guards everything below
	parcels []parcel
	size    int           // bytes in parcels
	last    time.Time     // when the last parcel arrives; nothing overtakes it
	ended   bool          // the writer has closed; an end parcel is on the road
	gone    bool          // the reader has closed
	changed chan struct{} // closed and replaced at every change
}

type parcel struct {
	at   time.Time
	data []byte
	end  bool
}

func newRoad() *road { return &road{changed: make(chan struct{})} }

// announce requires mu.
func (r *road) announce() {
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *road) write(b []byte, travel time.Duration, by *deadline) (int, error) {
	written := 0
	for {
		if by.passed() {
			return written, os.ErrDeadlineExceeded
		}
		r.mu.Lock()
		if r.ended {
			r.mu.Unlock()
			return written, net.ErrClosed
		}
		if r.gone {
			r.mu.Unlock()
			return written, io.ErrClosedPipe
		}
		if room := min(capacity-r.size, len(b)-written); room > 0 {
			r.put(parcel{data: append([]byte(nil), b[written:written+room]...)}, travel)
			written += room
		}
		changed := r.changed
		r.mu.Unlock()
		if written == len(b) {
			return written, nil
		}
		select {
		case <-changed:
		case <-by.reached():
		}
	}
}

// put requires mu.
func (r *road) put(p parcel, travel time.Duration) {
	p.at = time.Now().Add(travel)
	if p.at.Before(r.last) {
		p.at = r.last
	}
	r.last = p.at
	r.parcels = append(r.parcels, p)
	r.size += len(p.data)
	r.announce()
}

func (r *road) read(b []byte, by *deadline) (int, error) {
	for {
		if by.passed() {
			return 0, os.ErrDeadlineExceeded
		}
		r.mu.Lock()
		if r.gone {
			r.mu.Unlock()
			return 0, net.ErrClosed
		}
		var wait time.Duration
		if len(r.parcels) > 0 {
			if wait = time.Until(r.parcels[0].at); wait <= 0 {
				n, err := r.take(b)
				r.mu.Unlock()
				return n, err
			}
		}
		changed := r.changed
		r.mu.Unlock()
		pause(wait, changed, by)
	}
}

// take requires mu and a parcel that has arrived. The end of the road stays
// where it is: every later read meets it again.
func (r *road) take(b []byte) (int, error) {
	first := &r.parcels[0]
	if first.end {
		return 0, io.EOF
	}
	n := copy(b, first.data)
	first.data = first.data[n:]
	r.size -= n
	if len(first.data) == 0 {
		r.parcels[0] = parcel{}
		r.parcels = r.parcels[1:]
	}
	r.announce()
	return n, nil
}

// pause returns when the road has changed, the deadline has passed or, if wait
// is not zero, after it.
func pause(wait time.Duration, changed <-chan struct{}, by *deadline) {
	var arrived <-chan time.Time
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		arrived = t.C
	}
	select {
	case <-arrived:
	case <-changed:
	case <-by.reached():
	}
}

func (r *road) end(travel time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.ended = true
		r.put(parcel{end: true}, travel)
	}
}

func (r *road) abandon() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gone = true
	r.announce()
}
