package workspace

import (
	"database/sql"
	"testing"
)

// TestDatabaseVersion asks the database: after another one is taken, the constant follows.
func TestDatabaseVersion(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var version string
	if err := db.QueryRow("SELECT version()").Scan(&version); err != nil || version != DatabaseVersion {
		t.Errorf("DuckDB says %s, %v; DatabaseVersion is %s", version, err, DatabaseVersion)
	}
}
