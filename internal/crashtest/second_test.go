package crashtest

import (
	"bytes"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSecondProcessRefused starts a second server on the data folder of one that
// runs. It must end at once and say why, and the first must not notice (F26).
func TestSecondProcessRefused(t *testing.T) {
	first := newNode(t, "", "http://127.0.0.1:1")
	first.start("/readyz")

	second := *first
	second.address = freeAddress(t)
	for range 3 {
		cmd := second.serve()
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		began := time.Now()
		started := make(chan error)
		births() <- func() { started <- cmd.Start() }
		if err := <-started; err != nil {
			t.Fatal(err)
		}
		limit := time.AfterFunc(10*time.Second, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		err := cmd.Wait()
		limit.Stop()
		took := time.Since(began)
		if err == nil || cmd.ProcessState.ExitCode() != 1 {
			t.Errorf("the second process ended with %v, want exit status 1", err)
		}
		if !strings.Contains(said.String(), "another process is using this database") || !strings.Contains(said.String(), "--data") {
			t.Errorf("the second process said %q; it should say what is wrong and what to do", said.String())
		}
		// A second is the aim; a machine under load gets some grace.
		if took > 5*time.Second {
			t.Errorf("the second process took %v to refuse", took)
		}
		t.Logf("refused after %v", took.Round(time.Millisecond))
	}

	o := newOracle()
	r := newRelay(o)
	body := envelope([]change{target{"1", "2", "966500000001"}.message("966550000001", message("wamid.SECOND", "text", obj{"body": "still there?"}))})
	if status := r.post(first.url("/webhooks/meta"), mail{body, sign(body)}); status != http.StatusOK {
		t.Errorf("the first process answers a delivery %d, want 200", status)
	}
	first.stop()
	// It is free again as soon as the first has ended.
	second.start("/readyz")
	second.stop()
}
