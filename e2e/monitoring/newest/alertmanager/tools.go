//go:build tools

// Package alertmanager names the programs that e2e/monitoring builds.
package alertmanager

import (
	_ "github.com/prometheus/alertmanager/cmd/alertmanager"
	_ "github.com/prometheus/alertmanager/cmd/amtool"
)
