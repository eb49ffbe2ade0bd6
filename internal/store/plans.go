package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// teachPlanner tells SQLite's planner how large everything is going to be, by
// writing its statistics instead of collecting them: one Business's rows are very
// many, one Number's somewhat fewer, anything else few. Without statistics it
// takes the leading business_id for selective and reads a whole Business's
// messages to find one; with collected ones, plans would change with the data.
// Every key starts the same way, so the sizes follow from the columns' names.
func teachPlanner(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("teach planner: %w", err)
	}
	defer tx.Rollback() // does nothing after a commit
	if _, err := tx.ExecContext(ctx, "ANALYZE"); err != nil {
		return fmt.Errorf("make statistics: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM sqlite_stat1"); err != nil {
		return fmt.Errorf("empty statistics: %w", err)
	}
	rows, err := tx.QueryContext(ctx, `SELECT m.name, CASE WHEN l.origin = 'pk' AND l.name LIKE 'sqlite_autoindex_%' AND m.sql LIKE '%WITHOUT ROWID%' THEN m.name ELSE l.name END, l."unique", l.partial,
			(SELECT group_concat(i.name, ',') FROM pragma_index_xinfo(l.name) i WHERE i.key = 1)
		FROM sqlite_schema m JOIN pragma_index_list(m.name) l
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose_%'`)
	var stats [][3]string
	err = each(rows, err, func(r *sql.Rows) error {
		var table, index, columns string
		var unique, partial bool
		if err := r.Scan(&table, &index, &unique, &partial, &columns); err != nil {
			return err
		}
		stats = append(stats, [3]string{table, index, sizes(strings.Split(columns, ","), unique, partial)})
		return nil
	})
	if err != nil {
		return fmt.Errorf("read indexes: %w", err)
	}
	for _, s := range stats {
		if _, err := tx.ExecContext(ctx, "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)", s[0], s[1], s[2]); err != nil {
			return fmt.Errorf("write statistics: %w", err)
		}
	}
	return tx.Commit()
}

// sizes is a row of statistics: how many rows there are, then how many share
// the first column, the first two, and so on. A partial index is one of work to
// be done and stays small.
func sizes(columns []string, unique, partial bool) string {
	share := 4_000_000
	if partial {
		share = 1000
	}
	out := []string{fmt.Sprint(share)}
	for i, c := range columns {
		switch {
		case unique && i == len(columns)-1:
			share = 1
		case c == "business_id":
			share = min(share, 1_000_000)
		case c == "number_id", c == "lane", c == "state", c == "work", c == "reaction", c == "bucket":
			share = min(share, 100_000)
		default:
			share = min(share, 20)
		}
		out = append(out, fmt.Sprint(share))
	}
	return strings.Join(out, " ")
}
