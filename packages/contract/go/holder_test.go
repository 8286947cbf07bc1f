package contract_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	contract "upgrade-halt.dev/contract"
)

var plan = contract.Plan{Name: "v6.7", Height: 240_000_000, Info: `{"upgradeType":"minor"}`}

func TestNewIntentIsInUTC(t *testing.T) {
	there := time.Date(2026, 8, 21, 19, 59, 41, 120_000_000, time.FixedZone("", 2*60*60))
	body, err := json.Marshal(contract.NewIntent(contract.UpgradeRequired, plan, there))
	want := `{"reason":70,"reason_string":"upgrade_required","plan_name":"v6.7","height":240000000,"info":"{\"upgradeType\":\"minor\"}","announced_at":"2026-08-21T17:59:41.12Z"}`
	if err != nil || string(body) != want {
		t.Errorf("%s, %v\nand not\n%s", body, err, want)
	}
}

func TestFirstIntentStands(t *testing.T) {
	var holder contract.Holder
	if holder.Snapshot() != nil {
		t.Fatal("an empty holder has an intent")
	}
	first := contract.NewIntent(contract.UpgradeRequired, plan, time.Now())
	if standing, published := holder.Publish(first); !published || standing != first {
		t.Errorf("%+v, %v", standing, published)
	}
	second := contract.NewIntent(contract.DowngradeDetected, contract.Plan{Name: "v6.6"}, time.Now())
	if standing, published := holder.Publish(second); published || standing != first {
		t.Errorf("%+v, %v", standing, published)
	}
}

func TestSnapshotIsACopy(t *testing.T) {
	var holder contract.Holder
	holder.Publish(contract.NewIntent(contract.UpgradeRequired, plan, time.Now()))
	holder.Snapshot().PlanName = "another"
	if name := holder.Snapshot().PlanName; name != "v6.7" {
		t.Errorf("the plan became %q", name)
	}
}

func TestOneOfManyPublishersWins(t *testing.T) {
	var holder contract.Holder
	var publishers sync.WaitGroup
	won := make(chan contract.HaltIntent, 100)
	for height := int64(1); height <= 100; height++ {
		publishers.Add(1)
		go func() {
			defer publishers.Done()
			intent := contract.NewIntent(contract.UpgradeRequired, contract.Plan{Height: height}, time.Now())
			if standing, published := holder.Publish(intent); published {
				won <- standing
			}
		}()
	}
	publishers.Wait()
	close(won)
	if winner := <-won; len(won) != 0 || winner != *holder.Snapshot() {
		t.Errorf("%d more than one won; %+v stands", len(won), holder.Snapshot())
	}
}
