//go:build tools

// Package tools pins the plug-in that the suite gives the Docker command line.
package tools

import _ "github.com/docker/compose/v2/cmd"
