package cases_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"upgrade-halt.dev/contract/internal/cases"
)

// The vectors in the tree are the ones that this module prints.
func TestCommittedVectors(t *testing.T) {
	files, err := cases.Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		committed, err := os.ReadFile(filepath.Join("..", "..", "..", "vectors", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(committed, want) {
			t.Errorf("%s is not what Go prints: run `go run ./cmd/vectors ../vectors` in packages/contract/go and look at the difference", name)
		}
	}
}
