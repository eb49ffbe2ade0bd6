// Command pgcluster runs another command with a private PostgreSQL server,
// whose address is in its environment as TEST_POSTGRES, and stops the server
// afterwards, whatever happens:
//
//	pgcluster [-fsync] -- go test ./...
//
// If TEST_POSTGRES is set already, that server is used. If PostgreSQL is not
// installed, it says so and runs the command without it: tests that need it are
// skipped, which fails where CI=true. Its exit status is the command's.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"wasl/internal/pgtest"
)

const variable = "TEST_POSTGRES"

func main() {
	fsync := flag.Bool("fsync", false, "make commits survive a power cut, as in production; slower")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: pgcluster [-fsync] -- command [argument …]")
		os.Exit(2)
	}
	status, err := run(*fsync, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgcluster:", err)
	}
	os.Exit(status)
}

func run(fsync bool, args []string) (int, error) {
	if v := os.Getenv(variable); v == "" || v == "auto" {
		server, err := pgtest.Start(pgtest.Options{Fsync: fsync})
		switch {
		case errors.Is(err, pgtest.ErrMissing):
			fmt.Fprintln(os.Stderr, "pgcluster: without PostgreSQL:", err)
			os.Unsetenv(variable)
		case err != nil:
			return 1, err
		default:
			defer server.Stop()
			os.Setenv(variable, server.URL())
		}
	}
	return command(args)
}

// command runs args and returns its exit status. Interrupts are left to it: an
// interrupt at the terminal reaches it anyway, a termination is passed on.
func command(args []string) (int, error) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	go func() {
		for s := range signals {
			if s == syscall.SIGTERM {
				_ = cmd.Process.Signal(s) // it may have ended already
			}
		}
	}()
	err := cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if code := exit.ExitCode(); code >= 0 {
			return code, nil
		}
		return 1, err // killed by a signal
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
