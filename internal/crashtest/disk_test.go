package crashtest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDiskFull lets the disk of the data folder run full while deliveries come.
// They are answered 503 and never falsely 200, reading goes on, and when there
// is room again the same process takes them again (F4, I4, I37).
//
// The small disk is mounted where only this test sees it: it runs once more in a
// mount namespace of its own, with which the disk goes, however the test ends.
func TestDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root may mount a small disk")
	}
	const inside = "CRASHTEST_INSIDE"
	if os.Getenv(inside) != "" {
		diskFull(t)
		return
	}
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	again := exec.Command(os.Args[0], "-test.run=^TestDiskFull$", "-test.v", "-test.timeout=5m")
	again.Env = append(os.Environ(), inside+"=1", builtBinary+"="+bin)
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	var out bytes.Buffer
	again.Stdout, again.Stderr = &out, &out
	started := make(chan error)
	births() <- func() { started <- again.Start() }
	if err := <-started; err != nil {
		t.Skipf("no mount namespace here: %v", err)
	}
	err = again.Wait()
	t.Logf("in its own namespace:\n%s", out.String())
	if err != nil {
		t.Error(err)
	} else if strings.Contains(out.String(), noSmallDisk) {
		t.Skip(noSmallDisk)
	}
}

const noSmallDisk = "a small disk cannot be mounted here"

func diskFull(t *testing.T) {
	n := newNode(t, "", "http://127.0.0.1:1")
	n.data = filepath.Join(n.data, "small")
	smallDisk(t, n.data)
	n.start("/healthz")

	o := newOracle()
	r := newRelay(o)
	at := target{"1", "2", "966500000001"}
	deliver := func(i int) int {
		body := envelope([]change{at.message("966550000001", message(fmt.Sprint("wamid.DISK", i), "text", obj{"body": strings.Repeat("words ", 300)}))})
		return r.post(n.url("/webhooks/meta"), mail{body, sign(body)})
	}
	sent, slowest := 0, time.Duration(0)
	deliverUntil := func(within time.Duration, want int) {
		t.Helper()
		for end := time.Now().Add(within); ; sent++ {
			began := time.Now()
			status := deliver(sent)
			slowest = max(slowest, time.Since(began))
			if status == want {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("no delivery was answered %d within %v", want, within)
			}
		}
	}
	for range 3 {
		deliverUntil(10*time.Second, http.StatusOK)
		ballast := filepath.Join(n.data, "ballast")
		fill(t, ballast)
		deliverUntil(20*time.Second, http.StatusServiceUnavailable)
		for range 20 { // it stays so
			began := time.Now()
			deliver(sent)
			slowest = max(slowest, time.Since(began))
			sent++
		}
		if res, err := http.Get(n.url("/healthz")); err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("with a full disk /healthz answers %v %v", res, err)
		} else {
			_ = res.Body.Close()
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		freed := time.Now()
		deliverUntil(10*time.Second, http.StatusOK)
		t.Logf("healed %v after there was room", time.Since(freed).Round(time.Millisecond))
	}
	if len(o.odd) > 0 {
		t.Errorf("answers other than 200 and 503: %v", o.odd)
	}
	n.kill()
	n.start("/healthz")
	n.stop()
	honest(t, n, o)
	t.Logf("%d deliveries answered 200, %d not; the slowest answer took %v", o.acks, o.silent, slowest.Round(time.Millisecond))
}

// honest checks that what was answered 200 is there.
func honest(t *testing.T, n *node, o *oracle) {
	t.Helper()
	db := (&trial{t: t, nodes: []*node{n}}).open()
	defer db.Close()
	rows, err := db.Query("SELECT body FROM delivery_body")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	kept := map[digest]int{}
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			t.Fatal(err)
		}
		kept[sha256.Sum256(body)]++
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	lost := 0
	for sum, acks := range o.acked {
		if kept[sum] < acks {
			lost++
		}
	}
	if lost > 0 || o.acks == 0 || o.silent == 0 {
		t.Errorf("%d of %d acknowledged deliveries are missing (%d were not acknowledged)", lost, o.acks, o.silent)
	}
}

// smallDisk mounts one of a few megabytes in memory on folder.
func smallDisk(t *testing.T, folder string) {
	t.Helper()
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	if err == nil {
		err = syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=12m")
	}
	if err != nil {
		t.Skipf("%s: %v", noSmallDisk, err)
	}
	t.Cleanup(func() {
		// Lazily: the process was killed a moment ago.
		if err := syscall.Unmount(folder, 2 /* MNT_DETACH */); err != nil {
			t.Logf("unmount: %v", err)
		}
	})
}

// fill writes a file until there is no room.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 4
		}
	}
}
