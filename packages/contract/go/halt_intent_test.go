package contract_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	contract "upgrade-halt.dev/contract"
	"upgrade-halt.dev/contract/internal/cases"
)

func TestMarshal(t *testing.T) {
	for _, c := range vectors[file[cases.Encode]](t, "encode.json").Cases {
		t.Run(c.Name, func(t *testing.T) {
			intent, err := c.Input.Intent()
			if err != nil {
				t.Fatal(err)
			}
			output, err := json.Marshal(intent)
			if err != nil && err.Error() != c.Error || err == nil && c.Error != "" {
				t.Errorf("error %v, not %q", err, c.Error)
			}
			if string(output) != c.Output {
				t.Errorf("\n%s\nand not\n%s", output, c.Output)
			}
		})
	}
}

// What Go writes, Go reads, and writes again as the same bytes.
func TestRoundTrip(t *testing.T) {
	for _, c := range vectors[file[cases.Encode]](t, "encode.json").Cases {
		if c.Error != "" {
			continue
		}
		var intent contract.HaltIntent
		if err := json.Unmarshal([]byte(c.Output), &intent); err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		// A byte that is no UTF-8 is written as an escape and read as U+FFFD, which is written raw.
		want := bytes.ReplaceAll([]byte(c.Output), []byte(`\ufffd`), []byte("\ufffd"))
		if again, err := json.Marshal(intent); err != nil || !bytes.Equal(again, want) {
			t.Errorf("%s: %s, %v", c.Name, again, err)
		}
	}
}

func TestStatusValue(t *testing.T) {
	tooLate := contract.HaltIntent{AnnouncedAt: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}
	for name, c := range map[string]struct {
		intent *contract.HaltIntent
		err    error
		want   string
	}{
		"healthy":           {nil, nil, ""},
		"could not say":     {nil, errors.New("broken"), "null"},
		"cannot be written": {&tooLate, nil, "null"},
		"halted":            {&contract.HaltIntent{Reason: 70}, nil, `{"reason":70,"reason_string":"","announced_at":"0001-01-01T00:00:00Z"}`},
	} {
		if got := contract.StatusValue(c.intent, c.err); string(got) != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}
