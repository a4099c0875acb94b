// Package layout holds the product to the imports that docs/architecture.md allows:
// its test reads the table there and every file's imports.
package layout
