// Package contract is the Go side of the halt contract: what a chain node tells its supervisor when it stops because an
// operator must act. docs/protocol.md specifies it; the vectors that both languages are tested against come from here.
package contract

// ShutdownReason is why a node stopped on purpose: its exit code, and `reason` on the wire. Append-only: a released
// number is never renumbered or renamed.
type ShutdownReason int

const (
	// Unknown is what a reader has when it knows nothing. No producer sends it.
	Unknown ShutdownReason = 0
	// UpgradeRequired: at or past the plan's height, and this binary has no handler for the plan.
	UpgradeRequired ShutdownReason = 70
	// BinaryTooNew: this binary has the handler of a non-minor plan whose height has not come.
	BinaryTooNew ShutdownReason = 71
	// DowngradeDetected: the last applied plan has no handler in this binary.
	DowngradeDetected ShutdownReason = 72
)

// Codes that are kept for reasons to come, both ends included.
const (
	ReservedUpgradeFirst  = 73
	ReservedUpgradeLast   = 79
	ReservedOperatorFirst = 80
	ReservedOperatorLast  = 89
)

// Reasons has every reason in the order of the codes.
var Reasons = []ShutdownReason{Unknown, UpgradeRequired, BinaryTooNew, DowngradeDetected}

// String is the reason's token, `reason_string` on the wire; "" for a code that is no reason.
func (r ShutdownReason) String() string {
	switch r {
	case Unknown:
		return "unknown"
	case UpgradeRequired:
		return "upgrade_required"
	case BinaryTooNew:
		return "binary_too_new"
	case DowngradeDetected:
		return "downgrade_detected"
	}
	return ""
}

// MeaningKind says in which part of the codes a number lies.
type MeaningKind string

const (
	KindReason   MeaningKind = "reason"
	KindReserved MeaningKind = "reserved"
	KindOutside  MeaningKind = "outside"
)

// Meaning is what an exit code means. Reason is set for KindReason, Range ("upgrade" or "operator") for KindReserved.
type Meaning struct {
	Kind   MeaningKind     `json:"kind"`
	Reason *ShutdownReason `json:"reason,omitempty"`
	Range  string          `json:"range,omitempty"`
}

// ParseExitCode says what an exit code, or a `reason` on the wire, means. Total over every integer. A code alone is a
// hint and no proof: sysexits.h gives 70, 71 and 72 other meanings.
func ParseExitCode(code int64) Meaning {
	for _, reason := range Reasons {
		if int64(reason) == code {
			return Meaning{Kind: KindReason, Reason: &reason}
		}
	}
	switch {
	case code >= ReservedUpgradeFirst && code <= ReservedUpgradeLast:
		return Meaning{Kind: KindReserved, Range: "upgrade"}
	case code >= ReservedOperatorFirst && code <= ReservedOperatorLast:
		return Meaning{Kind: KindReserved, Range: "operator"}
	}
	return Meaning{Kind: KindOutside}
}
