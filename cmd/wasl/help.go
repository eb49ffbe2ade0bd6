package main

import (
	"fmt"

	"github.com/alecthomas/kong"
)

// examples are shown under a command's help, one that works for each.
var examples = map[string]string{
	"demo":         "wasl demo --listen 127.0.0.1:8080",
	"serve":        "WASL_APP_SECRET_FILE=app.secret WASL_VERIFY_TOKEN=… wasl serve --listen :8080 --public-url https://wasl.example",
	"emulate":      "wasl emulate --listen 127.0.0.1:8081",
	"migrate":      "wasl migrate --data ./data",
	"doctor":       "wasl doctor --data ./data --json",
	"admin create": "wasl admin create --email owner@example.com --business 'Palm Bakery'",
	"key create":   "wasl key create --business 'Palm Bakery' --name shop --scopes read,send",
	"number add":   "echo $TOKEN | wasl number add --business 'Palm Bakery' --phone-number-id 308811472206915 --waba-id 275590018334460 --display '+966 50 000 0001' --mode coexistence",
	"eligibility":  "wasl eligibility +447700900183 --on 2025-09-13 --json",
	"import-chat":  "wasl import-chat 'WhatsApp Chat with Huda.zip' --number 308811472206915 --contact +966502223333 --tz Asia/Riyadh --preview",
	"replay":       "wasl replay --data ./data",
	"bench":        "wasl bench --messages 20000 --senders 1,16,64",
	"version":      "wasl version --json",
}

func helpWithExamples(o kong.HelpOptions, ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(o, ctx); err != nil {
		return err
	}
	if node := ctx.Selected(); node != nil {
		if e := examples[pathOf(node)]; e != "" {
			_, err := fmt.Fprintf(ctx.Stdout, "\nExample:\n  %s\n", e)
			return err
		}
	}
	return nil
}

func pathOf(n *kong.Node) string {
	if n.Parent != nil && n.Parent.Parent != nil {
		return pathOf(n.Parent) + " " + n.Name
	}
	return n.Name
}
