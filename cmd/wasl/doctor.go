package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"wasl/internal/store"
)

type doctorCommand struct {
	Settings
	Serving
	JSON bool `help:"Print JSON."`
}

// finding is one thing the doctor looked at.
type finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Say  string `json:"say"`
	Do   string `json:"do,omitempty"`
}

// Run looks at everything a server needs and says what it sees. It fails if
// something would keep the server from working.
func (c *doctorCommand) Run(ctx runContext) error {
	if err := c.secrets(); err != nil {
		return err
	}
	findings := c.look(ctx)
	bad := 0
	for _, f := range findings {
		if !f.OK {
			bad++
		}
	}
	if c.JSON {
		if err := say(ctx.stdout, true, findings, ""); err != nil {
			return err
		}
	} else {
		print(ctx.stdout, findings)
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d things need attention", bad, len(findings))
	}
	return nil
}

func print(w io.Writer, findings []finding) {
	for _, f := range findings {
		mark := "ok  "
		if !f.OK {
			mark = "FIX "
		}
		fmt.Fprintf(w, "%s %s: %s\n", mark, f.What, f.Say)
		if f.Do != "" {
			fmt.Fprintf(w, "     %s\n", f.Do)
		}
	}
}

func (c *doctorCommand) look(ctx runContext) []finding {
	out := []finding{
		c.given("app secret", c.AppSecret, "Without it every webhook is refused: give --app-secret-file."),
		c.given("verify token", c.VerifyToken, "Without it Meta cannot check the webhook address: give --verify-token."),
	}
	db, _, err := c.open(ctx)
	if err != nil {
		return append(out, finding{What: "database", Say: err.Error(), Do: "See the sentence above; the server will not start like this."})
	}
	defer db.Close()
	out = append(out, finding{What: "database", OK: true, Say: "opens, schema up to date: " + place(c.database())})
	out = append(out, c.graph(ctx), c.https(), numbers(ctx, db), c.files(ctx))
	return out
}

func (c *doctorCommand) given(what, value, do string) finding {
	if value == "" {
		return finding{What: what, Say: "not given", Do: do}
	}
	return finding{What: what, OK: true, Say: "given"}
}

// graph asks whether the Graph API can be reached; any answer will do.
func (c *doctorCommand) graph(ctx context.Context) finding {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	f := finding{What: "Graph API", Do: "Check the network, a proxy in between, and --graph-url."}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.GraphURL+"/"+c.GraphVersion+"/", nil)
	if err == nil {
		var res *http.Response
		if res, err = http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close() // nothing of it is wanted
		}
	}
	if err != nil {
		f.Say = fmt.Sprintf("%s cannot be reached: %v", c.GraphURL, err)
		return f
	}
	return finding{What: "Graph API", OK: true, Say: c.GraphURL + " answers"}
}

func (c *doctorCommand) https() finding {
	u := c.publicURL()
	if strings.HasPrefix(u, "https://") {
		return finding{What: "public address", OK: true, Say: u}
	}
	return finding{What: "public address", OK: true, Say: u + " is not HTTPS: fine for trying, but Meta delivers to https:// only (--public-url)"}
}

func numbers(ctx context.Context, db *store.DB) finding {
	n, err := db.CountNumbers(ctx)
	if err != nil {
		return finding{What: "numbers", Say: err.Error()}
	}
	if n == 0 {
		return finding{What: "numbers", OK: true, Say: "none yet; add one with: wasl number add"}
	}
	return finding{What: "numbers", OK: true, Say: fmt.Sprintf("%d", n)}
}

// place is an address of a database without its password.
func place(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		if _, host, ok := strings.Cut(rest, "@"); ok {
			return "postgres://…@" + host
		}
		return url
	}
	return url
}
