// Package wire carries intents between Go and the vectors without going through the codec under test: texts travel as
// UTF-16 code units, times as text.
package wire

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	contract "upgrade-halt.dev/contract"
)

// Input is an intent to be written.
type Input struct {
	Reason       int64    `json:"reason"`
	ReasonString string   `json:"reason_string"`
	PlanName     []uint16 `json:"plan_name_utf16"`
	Height       int64    `json:"height"`
	Info         []uint16 `json:"info_utf16"`
	AnnouncedAt  string   `json:"announced_at"`
}

// Intent is the struct that Go marshals for an input. A lone surrogate, which no Go string can hold, becomes one byte
// that is no UTF-8.
func (in Input) Intent() (contract.HaltIntent, error) {
	at, err := ParseTime(in.AnnouncedAt)
	return contract.HaltIntent{
		Reason:       contract.ShutdownReason(in.Reason),
		ReasonString: in.ReasonString,
		PlanName:     FromUTF16(in.PlanName),
		Height:       in.Height,
		Info:         FromUTF16(in.Info),
		AnnouncedAt:  at,
	}, err
}

// ParseTime reads RFC 3339, and years that RFC 3339 cannot say (`10000-...`, `-0001-...`).
func ParseTime(text string) (time.Time, error) {
	digits, rest, ok := strings.Cut(strings.TrimPrefix(text, "-"), "-")
	if !ok || len(digits) == 4 && !strings.HasPrefix(text, "-") {
		return time.Parse(time.RFC3339Nano, text)
	}
	year, err := strconv.Atoi(digits)
	if err != nil {
		return time.Time{}, fmt.Errorf("no year in %q: %w", text, err)
	}
	if strings.HasPrefix(text, "-") {
		year = -year
	}
	at, err := time.Parse(time.RFC3339Nano, "2000-"+rest)
	return at.AddDate(year-2000, 0, 0), err
}

// FromUTF16 makes a Go string of UTF-16 code units.
func FromUTF16(units []uint16) string {
	var text []byte
	for i := 0; i < len(units); i++ {
		unit := rune(units[i])
		if !utf16.IsSurrogate(unit) {
			text = utf8.AppendRune(text, unit)
			continue
		}
		if i+1 < len(units) {
			if pair := utf16.DecodeRune(unit, rune(units[i+1])); pair != utf8.RuneError {
				text = utf8.AppendRune(text, pair)
				i++
				continue
			}
		}
		text = append(text, 0xff)
	}
	return string(text)
}

// ToUTF16 makes UTF-16 code units of a Go string; never nil, so that JSON has an array.
func ToUTF16(text string) []uint16 {
	return append([]uint16{}, utf16.Encode([]rune(text))...)
}

// Reads is what Go's json.Unmarshal made of a text.
type Reads struct {
	Reason       int64  `json:"reason"`
	ReasonString string `json:"reason_string"`
	PlanName     string `json:"plan_name"`
	Height       string `json:"height"`
	Info         string `json:"info"`
	AnnouncedAt  string `json:"announced_at"`
}

// ReadsOf prints what an intent holds.
func ReadsOf(intent contract.HaltIntent) Reads {
	return Reads{
		Reason:       int64(intent.Reason),
		ReasonString: intent.ReasonString,
		PlanName:     intent.PlanName,
		Height:       strconv.FormatInt(intent.Height, 10),
		Info:         intent.Info,
		AnnouncedAt:  intent.AnnouncedAt.Format(time.RFC3339Nano),
	}
}
