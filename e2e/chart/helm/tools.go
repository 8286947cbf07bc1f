//go:build tools

// Package helm names the program that e2e/chart builds.
package helm

import _ "helm.sh/helm/v4/cmd/helm"
