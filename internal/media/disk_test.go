package media_test

import (
	"testing"

	"wasl/internal/media"
	"wasl/internal/media/vaulttest"
)

func TestDiskVault(t *testing.T) {
	vaulttest.Run(t, func(t *testing.T) media.Vault { return media.Disk{Root: t.TempDir()} })
}
