package main

import (
	"bufio"
	"encoding/json"
	"os"
	"regexp"
)

// upgradeInfo is cosmovisor's view of upgrade-info.json (x/upgrade's types.Plan as it is dumped).
type upgradeInfo struct {
	Name   string `json:"name"`
	Height int64  `json:"height"`
	Info   string `json:"info,omitempty"`
}

func readUpgradeInfo(path string) (any, error) {
	return rewritten[upgradeInfo](path)
}

// haltIntent is section 2 of the protocol as a Go struct.
type haltIntent struct {
	Reason       int    `json:"reason"`
	ReasonString string `json:"reason_string"`
	PlanName     string `json:"plan_name,omitempty"`
	Height       int64  `json:"height,omitempty"`
	Info         string `json:"info,omitempty"`
	AnnouncedAt  string `json:"announced_at"`
}

func readIntent(path string) (any, error) {
	return rewritten[haltIntent](path)
}

// reading is what Go read, and the bytes that it would have written itself.
type reading struct {
	Value any    `json:"value"`
	Bytes string `json:"bytes"`
}

func rewritten[T any](path string) (any, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var value T
	if err := json.Unmarshal(content, &value); err != nil {
		return nil, err
	}
	bytes, err := json.Marshal(value)
	return reading{Value: value, Bytes: string(bytes)}, err
}

// upgradeNeeded is the pattern of cosmovisor's output scanner.
var upgradeNeeded = regexp.MustCompile(`UPGRADE "(.*)" NEEDED at ((height): (\d+)|(time): (\S+)):\s+(\S*)`)

// scanOutput finds what cosmovisor would find in a node's output, which it looks at line by line.
func scanOutput(path string) (any, error) {
	output, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer output.Close()
	matches := [][]string{}
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if match := upgradeNeeded.FindStringSubmatch(lines.Text()); match != nil {
			matches = append(matches, match)
		}
	}
	return map[string][][]string{"matches": matches}, lines.Err()
}
