package cases

import (
	"encoding/json"
	"strings"
	"time"

	contract "upgrade-halt.dev/contract"
	"upgrade-halt.dev/contract/internal/wire"
)

// Decode is one body, what Go's json.Unmarshal makes of it, and what a reader of the contract must.
type Decode struct {
	Name string `json:"name"`
	// One of three: the text, the bytes of what is no text, or texts that are repeated and joined.
	Text   *string `json:"text,omitempty"`
	Base64 []byte  `json:"base64,omitempty"`
	Parts  []Part  `json:"parts,omitempty"`
	// Rule names the rule by which the reader differs from Go.
	Rule    string      `json:"rule,omitempty"`
	GoError string      `json:"go_error,omitempty"`
	GoReads *wire.Reads `json:"go_reads,omitempty"`
	Reading Reading     `json:"reading"`
}

// Part is a text that stands there so many times.
type Part struct {
	Text  string `json:"text"`
	Times int    `json:"times"`
}

// Reading is what a reader must make of a body. Unrecognised has the range of a reason that nobody knows; Defects has the
// names of the fields ("" is the whole).
type Reading struct {
	Kind         string          `json:"kind"`
	Intent       json.RawMessage `json:"intent,omitempty"`
	Unrecognised string          `json:"unrecognised,omitempty"`
	Defects      []string        `json:"defects,omitempty"`
}

func (c Decode) body() []byte {
	if c.Text != nil {
		return []byte(*c.Text)
	}
	if c.Base64 != nil {
		return c.Base64
	}
	var body strings.Builder
	for _, part := range c.Parts {
		body.WriteString(strings.Repeat(part.Text, part.Times))
	}
	return []byte(body.String())
}

// Decodes gives every body with what Go makes of it.
func Decodes() []Decode {
	all := bodies()
	for i := range all {
		var intent contract.HaltIntent
		err := json.Unmarshal(all[i].body(), &intent)
		if err != nil {
			all[i].GoError = err.Error()
		} else {
			reads := wire.ReadsOf(intent)
			all[i].GoReads = &reads
		}
		if all[i].Reading.Kind == asGo {
			all[i].Reading = readingOf(intent, err)
		}
		all[i].Reading.Unrecognised = unrecognised(all[i].Reading.Intent)
	}
	return all
}

const asGo = "as Go"

// readingOf is the reading of a reader that agrees with Go. Go's zero values are absent fields.
func readingOf(intent contract.HaltIntent, err error) Reading {
	if err != nil {
		return damaged("")
	}
	fields := struct {
		Reason       contract.ShutdownReason `json:"reason"`
		ReasonString string                  `json:"reason_string,omitempty"`
		PlanName     string                  `json:"plan_name,omitempty"`
		Height       int64                   `json:"height,omitempty"`
		Info         string                  `json:"info,omitempty"`
		AnnouncedAt  string                  `json:"announced_at,omitempty"`
	}{intent.Reason, intent.ReasonString, intent.PlanName, intent.Height, intent.Info, ""}
	if !intent.AnnouncedAt.IsZero() {
		fields.AnnouncedAt = intent.AnnouncedAt.UTC().Format(time.RFC3339Nano)
	}
	value, err := json.Marshal(fields)
	if err != nil {
		panic(err) // Nothing of this struct can fail to marshal.
	}
	return Reading{Kind: "intent", Intent: value}
}

// unrecognised is the range of an intent's reason, "" where there is no intent or its reason is known.
func unrecognised(intent json.RawMessage) string {
	if intent == nil {
		return ""
	}
	var fields struct {
		Reason int64 `json:"reason"`
	}
	if err := json.Unmarshal(intent, &fields); err != nil {
		panic(err) // A case of this file is wrong.
	}
	switch meaning := contract.ParseExitCode(fields.Reason); meaning.Kind {
	case contract.KindReason:
		return ""
	case contract.KindReserved:
		return meaning.Range
	default:
		return string(meaning.Kind)
	}
}

func damaged(defects ...string) Reading { return Reading{Kind: "damaged", Defects: defects} }

func halt(intent string, defects ...string) Reading {
	return Reading{Kind: "intent", Intent: json.RawMessage(intent), Defects: defects}
}

func same(name, text string) Decode {
	return Decode{Name: name, Text: &text, Reading: Reading{Kind: asGo}}
}

func differs(rule, name, text string, reading Reading) Decode {
	return Decode{Name: name, Text: &text, Rule: rule, Reading: reading}
}

func mangled(name, body string, reading Reading) Decode {
	return Decode{Name: name, Base64: []byte(body), Rule: notUTF8, Reading: reading}
}
