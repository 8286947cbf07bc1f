package contract

import (
	"encoding/json"
	"fmt"
	"sync"
)

// Populator fills StatusField of a `/status` answer from where an intent is held. Whatever goes wrong inside, the rest of
// the answer is untouched: the field is null then.
type Populator struct {
	// Snapshot tells the intent, nil while there is none: Holder.Snapshot, or what reads it from elsewhere.
	Snapshot func() *HaltIntent
	// OnFault, where it is set, is told of the first fault of a Populator's lifetime.
	OnFault func(error)

	reported sync.Once
}

// Value is the value for a struct field of type json.RawMessage tagged `halt_intent,omitempty`. It never panics.
func (p *Populator) Value() (value json.RawMessage) {
	defer func() {
		if fault := recover(); fault != nil {
			p.report(fmt.Errorf("the halt intent could not be told: %v", fault))
			value = json.RawMessage("null")
		}
	}()
	intent := p.Snapshot()
	if intent == nil {
		return nil
	}
	value, err := json.Marshal(intent)
	if err != nil {
		p.report(fmt.Errorf("the halt intent could not be written: %w", err))
	}
	return StatusValue(intent, err)
}

// A logger that panics must not break the answer either.
func (p *Populator) report(err error) {
	defer func() { _ = recover() }()
	p.reported.Do(func() {
		if p.OnFault != nil {
			p.OnFault(err)
		}
	})
}
