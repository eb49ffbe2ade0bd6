package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// program is what make test has built before.
const program = "bin/wasl"

const (
	demoReadyWithin = 60 * time.Second // it promises 3 s; a busy machine gets more
	demoStopsWithin = 15 * time.Second
)

// demo is the line that wasl demo --print-json prints when it is ready.
type demo struct {
	URL         string `json:"url"`
	EmulatorURL string `json:"emulator_url"`
	Email       string `json:"email"`
	Password    string `json:"password"`
}

// browserTests starts a demo on free ports and runs the stories of dir/tests
// against it, in Chromium.
func browserTests(dir string) tally {
	stories, err := filepath.Glob(filepath.Join(dir, "tests", "*.test.mjs"))
	if err != nil {
		return broken("browser", err)
	}
	if len(stories) == 0 {
		fmt.Println("no browser tests yet")
		return tally{}
	}
	chromium, ok := findChromium()
	if !ok {
		return tally{skips: []skip{{"browser tests", "no Chromium (Debian: apt-get install chromium)"}}}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	d, stop, err := startDemo(ctx)
	if err != nil {
		return broken("wasl demo", err)
	}
	t := runStories(dir, stories, chromium, d)
	if err := stop(); err != nil {
		t.add(broken("wasl demo: stopping", err))
	}
	return t
}

func findChromium() (string, bool) {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path, true
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	return "", false
}

// startDemo returns when the demo says it is ready. stop interrupts it, as a
// person would, and expects it to end well.
func startDemo(ctx context.Context) (d demo, stop func() error, err error) {
	cmd := exec.CommandContext(ctx, program, "demo", "--quiet", "--listen", "127.0.0.1:0", "--print-json")
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return demo{}, nil, err
	}
	if err := cmd.Start(); err != nil {
		return demo{}, nil, err
	}
	ready := make(chan error, 1)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		lines := bufio.NewReader(out)
		line, err := lines.ReadBytes('\n')
		if err == nil {
			err = json.Unmarshal(line, &d)
		}
		ready <- err
		_, _ = io.Copy(io.Discard, lines) // it must never wait for its reader
	}()
	kill := func(err error) (demo, func() error, error) {
		return demo{}, nil, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	select {
	case err := <-ready:
		if err != nil {
			return kill(fmt.Errorf("its first line: %w", err))
		}
	case <-time.After(demoReadyWithin):
		return kill(fmt.Errorf("not ready within %v", demoReadyWithin))
	}
	if d.URL == "" || d.EmulatorURL == "" {
		return kill(fmt.Errorf("its first line lacks an address: %+v", d))
	}
	return d, func() error {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return err
		}
		timer := time.AfterFunc(demoStopsWithin, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
		<-drained
		return cmd.Wait()
	}, nil
}

func runStories(dir string, stories []string, chromium string, d demo) tally {
	return nodeTests("browser", dir, stories, "WASL_URL="+d.URL, "EMULATOR_URL="+d.EmulatorURL,
		"WASL_EMAIL="+d.Email, "WASL_PASSWORD="+d.Password, "CHROMIUM="+chromium)
}
