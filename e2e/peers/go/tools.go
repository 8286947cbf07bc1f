//go:build tools

// Package peers pins the programs that the tests run but no code here imports.
package peers

import _ "github.com/cometbft/cometbft/cmd/cometbft"
