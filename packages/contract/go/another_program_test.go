package contract_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"upgrade-halt.dev/contract/internal/cases"
	"upgrade-halt.dev/contract/internal/wire"
)

// anotherProgram is what a Go program that shares no line with this module printed about a struct of its own.
type anotherProgram struct {
	Encode []struct {
		Name   string     `json:"name"`
		Input  wire.Input `json:"input"`
		Output string     `json:"output"`
		Error  string     `json:"error"`
	} `json:"encode"`
	Decode []struct {
		Name    string      `json:"name"`
		Text    string      `json:"text"`
		GoError string      `json:"go_error"`
		GoReads *wire.Reads `json:"go_reads"`
	} `json:"decode"`
}

func readAnotherProgram(t *testing.T) anotherProgram {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "vectors", "another-program.json"))
	if err != nil {
		t.Fatal(err)
	}
	var program anotherProgram
	if err := json.Unmarshal(content, &program); err != nil {
		t.Fatal(err)
	}
	return program
}

func TestMarshalLikeAnotherProgram(t *testing.T) {
	for _, c := range readAnotherProgram(t).Encode {
		intent, err := c.Input.Intent()
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		output, err := json.Marshal(intent)
		if (err != nil) != (c.Error != "") || string(output) != c.Output {
			t.Errorf("%s: %s, %v\nand not\n%s, %s", c.Name, output, err, c.Output, c.Error)
		}
	}
}

// Whatever the other program read is among the cases, with the rule by which a reader differs from Go.
func TestUnmarshalLikeAnotherProgram(t *testing.T) {
	pinned := map[string]cases.Decode{}
	for _, c := range cases.Decodes() {
		if c.Text != nil {
			pinned[*c.Text] = c
		}
	}
	for _, c := range readAnotherProgram(t).Decode {
		ours, ok := pinned[c.Text]
		if !ok {
			t.Errorf("%s: no case has the body %s", c.Name, c.Text)
			continue
		}
		if (ours.GoError != "") != (c.GoError != "") {
			t.Errorf("%s: error %q, not %q", c.Name, ours.GoError, c.GoError)
		}
		if c.GoReads != nil && (ours.GoReads == nil || *ours.GoReads != *c.GoReads) {
			t.Errorf("%s: %+v, not %+v", c.Name, ours.GoReads, c.GoReads)
		}
	}
}
