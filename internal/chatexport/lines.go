package chatexport

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// lines calls each for every line of the text, without its end.
func (f *File) lines(each func(n int, line string) error) error {
	rc, err := f.open()
	if err != nil {
		return err
	}
	defer rc.Close()
	whole := &io.LimitedReader{R: rc, N: f.limit.Text + 1}
	s := bufio.NewScanner(whole)
	s.Buffer(make([]byte, 0, min(16<<10, f.limit.Line)), f.limit.Line)
	n := 0
	for s.Scan() {
		n++
		line := strings.ToValidUTF8(s.Text(), "\uFFFD")
		if n == 1 {
			line = strings.TrimPrefix(line, "\uFEFF")
		}
		if err := each(n, strings.ReplaceAll(line, "\x00", "\uFFFD")); err != nil {
			return err
		}
	}
	switch {
	case errors.Is(s.Err(), bufio.ErrTooLong), whole.N == 0:
		return ErrTooLarge
	case s.Err() != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, s.Err())
	}
	return nil
}
