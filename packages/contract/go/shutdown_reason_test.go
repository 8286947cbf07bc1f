package contract_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	contract "upgrade-halt.dev/contract"
	"upgrade-halt.dev/contract/internal/cases"
)

// vectors reads a file that both languages are tested against.
func vectors[T any](t *testing.T, name string) T {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "vectors", name))
	if err != nil {
		t.Fatal(err)
	}
	var file T
	if err := json.Unmarshal(content, &file); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return file
}

type file[C any] struct {
	Reasons []cases.Reason `json:"reasons"`
	Cases   []C            `json:"cases"`
}

func TestParseExitCode(t *testing.T) {
	for _, c := range vectors[file[cases.Code]](t, "codes.json").Cases {
		if got := contract.ParseExitCode(c.Code); !reflect.DeepEqual(got, c.Meaning) {
			t.Errorf("%d means %+v, not %+v", c.Code, got, c.Meaning)
		}
	}
}

func TestTokens(t *testing.T) {
	reasons := vectors[file[cases.Code]](t, "codes.json").Reasons
	if len(reasons) != len(contract.Reasons) {
		t.Fatalf("%d reasons, not %d", len(contract.Reasons), len(reasons))
	}
	for i, reason := range reasons {
		if contract.Reasons[i] != reason.Code || reason.Code.String() != reason.Token {
			t.Errorf("reason %d is %d %q, not %d %q", i, contract.Reasons[i], reason.Code, reason.Code, reason.Token)
		}
	}
	if token := contract.ShutdownReason(73).String(); token != "" {
		t.Errorf("73 is no reason and has the token %q", token)
	}
}
