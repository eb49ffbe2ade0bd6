package main

import (
	"fmt"
	"runtime"
	"strings"

	"wasl/internal/bench"
)

type migrateCommand struct{ Settings }

// Run brings the schema up to date; opening does it.
func (c *migrateCommand) Run(ctx runContext) error {
	db, _, err := c.open(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(ctx.stdout, "The schema is up to date.")
	return db.Close()
}

type replayCommand struct {
	Settings
	JSON bool `help:"Print JSON."`
}

// Run marks parked deliveries to be understood anew, as after a number was
// added. What they had applied already changes nothing a second time.
func (c *replayCommand) Run(ctx runContext) error {
	db, _, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	n, err := db.Replay(ctx)
	if err != nil {
		return err
	}
	return say(ctx.stdout, c.JSON, map[string]int64{"deliveries": n}, fmt.Sprintf("%d deliveries will be applied again by the server.", n))
}

type benchCommand struct {
	Messages int    `help:"Messages a measurement." default:"20000"`
	Senders  []int  `help:"How many send at once; one measurement each." default:"1,16,64"`
	Database string `help:"postgres://… of an empty database, which is filled. Default: SQLite in a temporary folder."`
	Only     string `help:"Measure the way in alone, moving in alone, or the emulator alone." enum:"all,in,history,emulator" default:"all"`
	History  int    `help:"Messages of a phone's past." default:"200000"`
	Threads  int    `help:"Threads of a phone's past." default:"3000"`
	Live     int    `help:"Live messages a second while the past is told." default:"50"`
	Seed     uint64 `help:"Repeats the past of an earlier run." default:"1"`
	Long     bool   `help:"With --only emulator: send as many messages as --memory says last through an emulator with its own defaults, and print its memory alone."`
	Memory   []int  `help:"After how many messages the emulator's memory is looked at." default:"100000,200000,400000"`
}

// Run measures and prints.
func (c *benchCommand) Run(ctx runContext) error {
	b := bench.Config{Messages: c.Messages, Senders: c.Senders, Database: c.Database, Memory: c.Memory, Out: ctx.stdout}
	if c.Only == "all" || c.Only == "in" {
		if err := bench.Run(ctx, b); err != nil {
			return err
		}
	}
	if c.Only == "all" || c.Only == "history" {
		if err := b.MoveIn(ctx, bench.Past{Messages: c.History, Threads: c.Threads, Live: c.Live, Seed: c.Seed}); err != nil {
			return err
		}
	}
	if c.Only == "in" || c.Only == "history" {
		return nil
	}
	if c.Long {
		return b.Long(ctx)
	}
	return b.Emulator(ctx)
}

type versionCommand struct {
	JSON bool `help:"Print JSON."`
}

// Run prints the version.
func (c *versionCommand) Run(ctx runContext) error {
	return say(ctx.stdout, c.JSON, map[string]string{"version": version, "go": runtime.Version()},
		strings.Join([]string{"wasl", version, runtime.Version()}, " "))
}
