package contract_test

import (
	"encoding/json"
	"fmt"
	"time"

	contract "upgrade-halt.dev/contract"
)

func Example() {
	type status struct {
		// ... the fields of today ...
		HaltIntent json.RawMessage `json:"halt_intent,omitempty"`
	}
	intent := contract.HaltIntent{
		Reason:       contract.UpgradeRequired,
		ReasonString: contract.UpgradeRequired.String(),
		PlanName:     "v6.7",
		Height:       240_000_000,
		Info:         `{"upgradeType":"minor"}`,
		AnnouncedAt:  time.Date(2026, 8, 21, 17, 59, 41, 120_000_000, time.UTC),
	}
	body, err := json.Marshal(status{HaltIntent: contract.StatusValue(&intent, nil)})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(body))
	// Output: {"halt_intent":{"reason":70,"reason_string":"upgrade_required","plan_name":"v6.7","height":240000000,"info":"{\"upgradeType\":\"minor\"}","announced_at":"2026-08-21T17:59:41.12Z"}}
}
