// Command wasl runs a business on WhatsApp Coexistence: one phone number that
// lives in the WhatsApp Business app on a phone and in Meta's Cloud API at once.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"wasl/internal/fault"
)

// version is set when a release is built.
var version = "dev"

// runContext is what a command runs with: it ends on SIGINT and SIGTERM.
type runContext struct {
	context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
}

// commands is the command line. Its zero value and these tags are the manual.
type commands struct {
	Config kong.ConfigFlag `help:"File of settings (JSON), read before variables and flags."`

	Demo        demoCommand        `cmd:"" help:"Platform, emulator and a living sample business in one process; no settings, nothing left behind."`
	Serve       serveCommand       `cmd:"" help:"Serve the platform."`
	Emulate     emulateCommand     `cmd:"" help:"Serve the emulator of Meta's side alone."`
	Migrate     migrateCommand     `cmd:"" help:"Bring the database's schema up to date."`
	Doctor      doctorCommand      `cmd:"" help:"Say what is in order and what is not, and what to do about it."`
	Admin       adminCommand       `cmd:"" help:"People with all rights."`
	Key         keyCommand         `cmd:"" help:"API keys."`
	Number      numberCommand      `cmd:"" help:"Phone numbers."`
	Eligibility eligibilityCommand `cmd:"" help:"Say whether a number may be onboarded to Coexistence, on a day."`

	ImportChat importChatCommand `cmd:"" help:"Fill gaps of a conversation from a chat exported from the phone."`

	Replay  replayCommand  `cmd:"" help:"Try parked deliveries again."`
	Bench   benchCommand   `cmd:"" help:"Measure the way in, beside yardsticks taken in the same run."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(runContext{ctx, os.Stdin, os.Stdout, os.Stderr}, os.Args[1:]))
}

// Exit statuses: 0 done, 1 failed, 2 wrong usage.
func run(ctx runContext, args []string) int {
	var c commands
	status := -1
	parser, err := kong.New(&c,
		kong.Name("wasl"),
		kong.Description("One WhatsApp number, on the phone and in the API at once."),
		kong.Writers(ctx.stdout, ctx.stderr),
		kong.Exit(func(code int) { status = code }),
		kong.Configuration(kong.JSON),
		kong.Vars{"graph_url": metaGraph, "graph_version": graphVersion, "sdk_url": metaSDK},
		kong.Help(helpWithExamples),
	)
	if err != nil {
		fmt.Fprintln(ctx.stderr, "wasl:", err)
		return 1
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if status >= 0 { // --help has answered
		return status
	}
	if err != nil {
		fmt.Fprintf(ctx.stderr, "wasl: %v\nTry: wasl %s --help\n", err, firstWord(args))
		return 2
	}
	if err := k.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		explain(ctx.stderr, err)
		return 1
	}
	return 0
}

func firstWord(args []string) string {
	if len(args) > 0 && len(args[0]) > 0 && args[0][0] != '-' {
		return args[0]
	}
	return ""
}

// explain says what went wrong, and what to do where that is known.
func explain(w io.Writer, err error) {
	fmt.Fprintln(w, "wasl:", err)
	if f, ok := fault.From(err); ok && f.Fix != "" {
		fmt.Fprintln(w, f.Fix)
	}
}
