//go:build tools

// Package helm3 names the program that e2e/chart builds.
package helm3

import _ "helm.sh/helm/v3/cmd/helm"
