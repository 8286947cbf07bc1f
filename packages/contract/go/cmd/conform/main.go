// Command conform is Go's half of the random round between the two languages. It answers requests, one JSON object a line:
//
//	{"marshal": INPUT}       -> {"output": TEXT} or {"error": TEXT}   (INPUT as in encode.json)
//	{"unmarshal": BASE64}    -> {"valid": whether it is JSON, "reads": what Go reads, unless it refuses}
//	{"generate": {"seed": S, "count": N}} -> N lines {"input": INPUT, "output": TEXT}
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"os"

	contract "upgrade-halt.dev/contract"
	"upgrade-halt.dev/contract/internal/cases"
	"upgrade-halt.dev/contract/internal/wire"
)

type request struct {
	Marshal   *wire.Input `json:"marshal"`
	Unmarshal *[]byte     `json:"unmarshal"`
	Generate  *struct {
		Seed  int64 `json:"seed"`
		Count int   `json:"count"`
	} `json:"generate"`
}

type answer struct {
	Input  *wire.Input `json:"input,omitempty"`
	Output string      `json:"output,omitempty"`
	Error  string      `json:"error,omitempty"`
	Valid  bool        `json:"valid,omitempty"`
	Reads  *wire.Reads `json:"reads,omitempty"`
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	if err := serve(os.Stdin, json.NewEncoder(out)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := out.Flush(); err != nil {
		os.Exit(1)
	}
}

func serve(in io.Reader, out *json.Encoder) error {
	requests := json.NewDecoder(bufio.NewReader(in))
	for {
		var next request
		if err := requests.Decode(&next); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if next.Marshal != nil {
			if err := out.Encode(marshal(*next.Marshal)); err != nil {
				return err
			}
		}
		if next.Unmarshal != nil {
			if err := out.Encode(unmarshal(*next.Unmarshal)); err != nil {
				return err
			}
		}
		if next.Generate == nil {
			continue
		}
		random := rand.New(rand.NewSource(next.Generate.Seed))
		for range next.Generate.Count {
			input := cases.RandomInput(random)
			generated := marshal(input)
			generated.Input = &input
			if err := out.Encode(generated); err != nil {
				return err
			}
		}
	}
}

func unmarshal(body []byte) answer {
	var intent contract.HaltIntent
	if err := json.Unmarshal(body, &intent); err != nil {
		return answer{Valid: json.Valid(body)}
	}
	reads := wire.ReadsOf(intent)
	return answer{Valid: true, Reads: &reads}
}

func marshal(input wire.Input) answer {
	intent, err := input.Intent()
	if err != nil {
		return answer{Error: err.Error()}
	}
	output, err := json.Marshal(intent)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Output: string(output)}
}
