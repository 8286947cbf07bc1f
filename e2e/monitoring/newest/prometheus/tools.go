//go:build tools

// Package prometheus names the programs that e2e/monitoring builds.
package prometheus

import (
	_ "github.com/prometheus/prometheus/cmd/prometheus"
	_ "github.com/prometheus/prometheus/cmd/promtool"
)
