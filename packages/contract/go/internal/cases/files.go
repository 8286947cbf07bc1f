package cases

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

const (
	seed    = 1
	randoms = 60
)

// Files gives every vector file by its name.
func Files() (map[string][]byte, error) {
	encodes, err := Encodes(seed, randoms)
	if err != nil {
		return nil, err
	}
	statuses, err := Statuses()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name, sections := range map[string][]section{
		"codes.json":  {description(codesText), list("reasons", Reasons()), list("cases", Codes())},
		"encode.json": {description(encodeText), list("cases", encodes)},
		"decode.json": {description(decodeText), list("cases", Decodes())},
		"status.json": {description(statusText), list("cases", statuses)},
	} {
		if files[name], err = printed(sections); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// section is one list of a file.
type section struct {
	name  string
	items []any
}

func list[T any](name string, items []T) section {
	all := section{name: name}
	for _, item := range items {
		all.items = append(all.items, item)
	}
	return all
}

func description(text string) section {
	return list("description", strings.Split(strings.TrimSpace(text), "\n"))
}

// printed writes one item a line, so that a change of one case is a change of one line.
func printed(sections []section) ([]byte, error) {
	var lists []string
	for _, section := range sections {
		var items []string
		for _, item := range section.items {
			line, err := oneLine(item)
			if err != nil {
				return nil, err
			}
			items = append(items, "  "+line)
		}
		lists = append(lists, fmt.Sprintf(" %q: [\n%s\n ]", section.name, strings.Join(items, ",\n")))
	}
	return []byte("{\n" + strings.Join(lists, ",\n") + "\n}\n"), nil
}

func oneLine(item any) (string, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(item)
	return strings.TrimSuffix(line.String(), "\n"), err
}

const codesText = `
What every exit code means. Printed by packages/contract/go; do not edit.
reasons: each reason's code and token (reason_string on the wire).
cases: code -> meaning: kind "reason" (with the reason), "reserved" (with the range "upgrade" or "operator") or "outside".
`

const encodeText = `
Intents and the bytes of Go's json.Marshal for them. Printed by packages/contract/go; do not edit.
input: the intent. Texts are UTF-16 code units (plan_name_utf16, info_utf16), so that lone surrogates can be said; Go has
one byte that is no UTF-8 in the place of each. An empty text and a height of 0 are fields that are not set.
output: the bytes, as text. error: Go refuses, and so must a writer. refused: Go writes output, a writer of the contract
refuses with an error of this code.
`

const decodeText = `
Bodies, what Go's json.Unmarshal makes of them, and what a reader of the contract must. Printed by packages/contract/go; do
not edit.
text: the body. base64: its bytes, where they are no text. parts: texts, each so many times, joined.
go_reads (integers past 2^53 as text) or go_error: Go. rule: the rule of docs/protocol.md by which a reader differs from it.
reading: kind "intent", "unavailable" or "damaged"; intent: the fields that are read, all of them and no other; unrecognised:
the range ("upgrade", "operator" or "outside") of a reason that the reader does not know; defects: the fields that are named as
damaged ("" is the body as a whole), in any order.
`

const statusText = `
Bodies of /status and how their halt_intent reads: "absent", "unavailable", "intent" or "damaged". Printed by
packages/contract/go; do not edit.
`
