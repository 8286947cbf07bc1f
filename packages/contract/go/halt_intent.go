package contract

import (
	"encoding/json"
	"time"
)

// StatusField is the optional field of a `/status` body that carries the intent.
const StatusField = "halt_intent"

// HaltIntent is a halt as a producer announces it. The order of the fields is the order on the wire. AnnouncedAt must be
// in UTC: call time.Time.UTC before marshalling.
type HaltIntent struct {
	Reason       ShutdownReason `json:"reason"`
	ReasonString string         `json:"reason_string"`
	PlanName     string         `json:"plan_name,omitempty"`
	Height       int64          `json:"height,omitempty"`
	Info         string         `json:"info,omitempty"`
	AnnouncedAt  time.Time      `json:"announced_at"`
}

// StatusValue is the value of StatusField for a struct field of type json.RawMessage tagged `halt_intent,omitempty`:
// left out on a healthy node (nil, nil), the intent on a halted one, null where it could not be told.
func StatusValue(intent *HaltIntent, err error) json.RawMessage {
	if err != nil {
		return json.RawMessage("null")
	}
	if intent == nil {
		return nil
	}
	value, err := json.Marshal(intent)
	if err != nil {
		return json.RawMessage("null")
	}
	return value
}
