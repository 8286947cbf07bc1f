//go:build tools

// Package tools pins the plug-ins that the suite gives the Docker command line.
package tools

import (
	_ "github.com/docker/buildx/cmd/buildx"
	_ "github.com/docker/compose/v2/cmd"
)
