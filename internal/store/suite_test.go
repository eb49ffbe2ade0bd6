package store_test

import (
	"testing"

	"wasl/internal/store/storetest"
)

// TestStore holds the store to its promises, on each database.
func TestStore(t *testing.T) { storetest.Both(t, storetest.Run) }
