// Command peer lets programs that nobody here wrote look at a node: CometBFT's own RPC client, Go's encoding/json, and
// the pattern that cosmovisor scans a node's output with. It prints what they saw as one JSON object.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

var commands = map[string]func(argument string) (any, error){
	"client":       readNode,
	"upgrade-info": readUpgradeInfo,
	"intent":       readIntent,
	"scan":         scanOutput,
}

func main() {
	if len(os.Args) != 3 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: peer client URL | upgrade-info FILE | intent FILE | scan FILE")
		os.Exit(64)
	}
	seen, err := commands[os.Args[1]](os.Args[2])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(seen)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
