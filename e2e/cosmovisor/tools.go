//go:build tools

// Package tools pins the program that the suite puts around the mock node.
package tools

import _ "cosmossdk.io/tools/cosmovisor/cmd/cosmovisor"
