package contract

import (
	"sync/atomic"
	"time"
)

// Plan is the upgrade plan that a halt is about. Height is the plan's, not the node's.
type Plan struct {
	Name   string
	Height int64
	Info   string
}

// NewIntent is the intent that a halt decided at this moment announces. It publishes nothing.
func NewIntent(reason ShutdownReason, plan Plan, now time.Time) HaltIntent {
	return HaltIntent{
		Reason:       reason,
		ReasonString: reason.String(),
		PlanName:     plan.Name,
		Height:       plan.Height,
		Info:         plan.Info,
		AnnouncedAt:  now.UTC().Round(0),
	}
}

// Holder is the one place in a process that knows whether it has halted, and why. The zero Holder is empty and ready for
// use, from any goroutine.
type Holder struct {
	standing atomic.Pointer[HaltIntent]
}

// Publish makes the intent stand, unless another one stands already: the first one wins and stays. It returns the one
// that stands, and whether that is the given one. Write the halt's artifacts before it, whole and durable: supervisors
// act on what it makes visible.
func (h *Holder) Publish(intent HaltIntent) (standing HaltIntent, published bool) {
	if h.standing.CompareAndSwap(nil, &intent) {
		return intent, true
	}
	return *h.standing.Load(), false
}

// Snapshot returns a copy of the intent that stands, or nil while there is none. It never waits.
func (h *Holder) Snapshot() *HaltIntent {
	standing := h.standing.Load()
	if standing == nil {
		return nil
	}
	snapshot := *standing
	return &snapshot
}
