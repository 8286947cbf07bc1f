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

// Statuses gives a healthy node, a halted one and one that could not say, bare and in an envelope, and what a reader must
// not take for one of those.
func Statuses() ([]Status, error) {
	answers, err := answers()
	if err != nil {
		return nil, err
	}
	for _, other := range [][3]string{
		{"integers as strings, as Sei writes them", `{"halt_intent":{"reason":"70","height":"240000000"}}`, "intent"},
		{"an intent without a reason", `{"halt_intent":{}}`, "damaged"},
		{"an intent that is a text", `{"halt_intent":"upgrade_required"}`, "damaged"},
		{"the field outside of the result", `{"jsonrpc":"2.0","id":-1,"result":{},"halt_intent":{"reason":70}}`, "absent"},
		{"a result that is null", `{"jsonrpc":"2.0","id":-1,"result":null}`, "damaged"},
		{"an error, bare", `{"code":-32603,"message":"Internal error","data":"the node is syncing"}`, "damaged"},
		{"an error, in an envelope", `{"jsonrpc":"2.0","id":-1,"error":{"code":-32603,"message":"Internal error"}}`, "damaged"},
		{"a batch", `[{"jsonrpc":"2.0","id":-1,"result":{}}]`, "damaged"},
	} {
		answers = append(answers, Status{other[0], json.RawMessage(other[1]), other[2]})
	}
	return answers, nil
}

func answers() ([]Status, error) {
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
