package contract_test

import (
	"encoding/json"
	"testing"
	"time"

	contract "upgrade-halt.dev/contract"
)

type status struct {
	Height     int64           `json:"height,string"`
	HaltIntent json.RawMessage `json:"halt_intent,omitempty"`
}

func answer(t *testing.T, populator *contract.Populator) string {
	t.Helper()
	body, err := json.Marshal(status{Height: 5, HaltIntent: populator.Value()})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestValueOfHolder(t *testing.T) {
	var holder contract.Holder
	populator := contract.Populator{Snapshot: holder.Snapshot}
	if body := answer(t, &populator); body != `{"height":"5"}` {
		t.Errorf("healthy: %s", body)
	}
	holder.Publish(contract.NewIntent(contract.DowngradeDetected, contract.Plan{}, time.Unix(0, 0)))
	want := `{"height":"5","halt_intent":{"reason":72,"reason_string":"downgrade_detected","announced_at":"1970-01-01T00:00:00Z"}}`
	if body := answer(t, &populator); body != want {
		t.Errorf("halted: %s", body)
	}
}

func TestFaultGivesNullAndIsToldOnce(t *testing.T) {
	year10000 := time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, snapshot := range map[string]func() *contract.HaltIntent{
		"a panic":                  func() *contract.HaltIntent { panic("broken") },
		"an intent Go can't write": func() *contract.HaltIntent { return &contract.HaltIntent{AnnouncedAt: year10000} },
	} {
		var faults []error
		populator := contract.Populator{Snapshot: snapshot, OnFault: func(err error) {
			faults = append(faults, err)
			panic("so is the logger")
		}}
		for range 2 {
			if body := answer(t, &populator); body != `{"height":"5","halt_intent":null}` {
				t.Errorf("%s: %s", name, body)
			}
		}
		if len(faults) != 1 {
			t.Errorf("%s: told %d times", name, len(faults))
		}
	}
}

func TestPopulatorWithoutASourceGivesNull(t *testing.T) {
	if body := answer(t, &contract.Populator{}); body != `{"height":"5","halt_intent":null}` {
		t.Error(body)
	}
}
