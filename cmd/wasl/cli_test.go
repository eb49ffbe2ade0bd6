package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"wasl": func() { os.Exit(run(runContext{context.Background(), os.Stdin, os.Stdout, os.Stderr}, os.Args[1:])) },
	})
}

// TestCommandLine reads the command line as a person would: what it prints, what
// it refuses, and with which status.
func TestCommandLine(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}
