package httpapi

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"wasl/internal/clock"
	"wasl/internal/fault"
)

// uploadTime is how long a file may take to come: people upload from phones.
const uploadTime = 10 * time.Minute

// spooled is a body that was written to a file as it came, so that no memory holds
// it. It can be read again from its beginning.
type spooled struct {
	*os.File
	size int64
}

// spool replaces the body of a request by a file. The file has no name, so that
// nothing stays of it when the process ends.
func (a *API) spool(w http.ResponseWriter, r *http.Request) (done func(), err error) {
	// A test's writer has no deadlines.
	_ = http.NewResponseController(w).SetReadDeadline(clock.Now().Add(uploadTime))
	f, err := os.CreateTemp(a.Scratch, "upload-*")
	if err == nil {
		err = os.Remove(f.Name())
	}
	if err != nil {
		return nil, fault.Of(fault.CodeStorageUnavailable).Because(fmt.Errorf("begin upload: %w", err))
	}
	in := &client{r: r.Body}
	n, err := io.Copy(f, in)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	switch {
	case in.err != nil:
		err = unreadable(in.err)
	case err != nil:
		a.Log.Error("an upload has no room", "request", requestID(r.Context()), "err", err)
		err = fault.Of(fault.CodeStorageUnavailable).Because(err)
	}
	if err != nil {
		_ = f.Close() // what was written is not wanted
		return nil, err
	}
	r.Body = spooled{f, n}
	return func() { _ = f.Close() }, nil
}

// client tells trouble with who sends from trouble with where it goes.
type client struct {
	r   io.Reader
	err error
}

func (c *client) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}
