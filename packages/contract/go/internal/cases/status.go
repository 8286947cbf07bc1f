package cases

import (
	"encoding/json"
	"errors"

	contract "upgrade-halt.dev/contract"
)

// Status is a body of `/status` and how it reads.
type Status struct {
	Name    string          `json:"name"`
	Body    json.RawMessage `json:"body"`
	Reading string          `json:"reading"`
}

type status struct {
	NodeInfo struct {
		Network string `json:"network"`
	} `json:"node_info"`
	HaltIntent json.RawMessage `json:"halt_intent,omitempty"`
}

type envelope struct {
	JSONRPC string `json:"jsonrpc"`
	ID      int    `json:"id"`
	Result  status `json:"result"`
}

// Statuses gives a healthy node, a halted one and one that could not say, bare and in an envelope.
func Statuses() ([]Status, error) {
	intent, err := whole().Intent()
	if err != nil {
		return nil, err
	}
	var all []Status
	for _, answer := range []struct {
		name, reading string
		value         json.RawMessage
	}{
		{"healthy", "absent", contract.StatusValue(nil, nil)},
		{"halted", "intent", contract.StatusValue(&intent, nil)},
		{"could not say", "unavailable", contract.StatusValue(nil, errors.New("the halt holder is gone"))},
	} {
		var bare status
		bare.NodeInfo.Network = "pacific-1"
		bare.HaltIntent = answer.value
		body, err := json.Marshal(bare)
		if err != nil {
			return nil, err
		}
		wrapped, err := json.Marshal(envelope{"2.0", -1, bare})
		if err != nil {
			return nil, err
		}
		all = append(all, Status{answer.name + ", bare", body, answer.reading},
			Status{answer.name + ", in an envelope", wrapped, answer.reading})
	}
	return all, nil
}
