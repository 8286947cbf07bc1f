package cases

import (
	"math"

	contract "upgrade-halt.dev/contract"
)

// Code is what a number means.
type Code struct {
	Code    int64            `json:"code"`
	Meaning contract.Meaning `json:"meaning"`
}

// Reason is a reason and its token.
type Reason struct {
	Code  contract.ShutdownReason `json:"code"`
	Token string                  `json:"token"`
}

// Codes gives every exit code there is, and integers that are none.
func Codes() []Code {
	numbers := []int64{1 - 1<<53, math.MinInt32, -70, -1}
	for code := range int64(256) {
		numbers = append(numbers, code)
	}
	numbers = append(numbers, 256, 326, math.MaxInt32, 1<<53-1)
	var all []Code
	for _, number := range numbers {
		all = append(all, Code{number, contract.ParseExitCode(number)})
	}
	return all
}

// Reasons gives every reason with its token.
func Reasons() []Reason {
	var all []Reason
	for _, reason := range contract.Reasons {
		all = append(all, Reason{reason, reason.String()})
	}
	return all
}
