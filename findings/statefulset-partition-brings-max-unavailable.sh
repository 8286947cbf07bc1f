#!/usr/bin/env bash
# k8s.io/kubernetes v1.37.2, defaults of a StatefulSet: whoever writes only `rollingUpdate.partition` finds
# `maxUnavailable: 1` beside it when the object is read again. Where `rollingUpdate` is absent it stays absent, so a patch
# that adds a partition changes two fields of the stored spec, and taking the partition off leaves the other one behind.
# v1.35.4 stores the partition alone: its feature gate MaxUnavailableStatefulSet is off. A check that "only the partition
# was changed", or a diff of GitOps, holds on the older version and fails on the newer one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version=1.37.2

# k8s.io/kubernetes names its own staging modules as v0.0.0; they are published as v0.37.2.
go mod init example.org/sets > /dev/null 2>&1
go mod edit -require "k8s.io/kubernetes@v$version"
manifest=$(go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/.*"GoMod": "\(.*\)",*/\1/p')
for module in $(sed -n 's/^\t*\(k8s\.io\/[a-z-]*\) v0\.0\.0$/\1/p' "$manifest"); do
  go mod edit -replace "$module=$module@v0${version#1}"
done 2> /dev/null

cat > main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"

	v1 "k8s.io/api/apps/v1"
	defaults "k8s.io/kubernetes/pkg/apis/apps/v1"
)

func main() {
	partition := int32(1)
	for _, written := range []*v1.RollingUpdateStatefulSetStrategy{nil, {Partition: &partition}} {
		set := &v1.StatefulSet{}
		set.Spec.UpdateStrategy.Type = v1.RollingUpdateStatefulSetStrategyType
		set.Spec.UpdateStrategy.RollingUpdate = written.DeepCopy()
		defaults.SetObjectDefaults_StatefulSet(set)
		before, _ := json.Marshal(written)
		after, _ := json.Marshal(set.Spec.UpdateStrategy.RollingUpdate)
		fmt.Printf("%s is stored as %s\n", before, after)
	}
}
GO
go mod tidy > /dev/null 2>&1
seen=$(go run . 2> /dev/null)
echo "$seen"
[ "$seen" = 'null is stored as null
{"partition":1} is stored as {"partition":1,"maxUnavailable":1}' ]
