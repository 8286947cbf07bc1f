#!/usr/bin/env bash
# k8s.io/kubernetes v1.35.4, the pod garbage collector of kube-controller-manager: its quarantine for pods of a Node
# that does not exist (40 s, looked at every 20 s) counts for the name of the Node from the first pod that names it, not
# for each pod. A pod made within that time is removed by force as soon as the first one is, whatever its own age and
# its terminationGracePeriodSeconds. Here with 8 s and 1 s: a pod made 6 s after the first lives some 2 s, not 8.
# So "no pod of that name is left" is no sign that a process on an unreachable machine has ended.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version=1.35.4

# k8s.io/kubernetes names its own staging modules as v0.0.0; they are published as v0.35.4.
go mod init example.org/podgc > /dev/null 2>&1
go mod edit -require "k8s.io/kubernetes@v$version"
manifest=$(go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/.*"GoMod": "\(.*\)",*/\1/p')
for module in $(sed -n 's/^\t*\(k8s\.io\/[a-z-]*\) v0\.0\.0$/\1/p' "$manifest"); do
  go mod edit -replace "$module=$module@v0${version#1}"
done 2> /dev/null

cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubernetes/pkg/controller/podgc"
)

const patience, period, apart = 8 * time.Second, time.Second, 6 * time.Second

func main() {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	client := fake.NewClientset()
	factory := informers.NewSharedInformerFactory(client, 0)
	core := factory.Core().V1()
	collector := podgc.NewPodGCInternal(ctx, client, core.Pods(), core.Nodes(), 0, period, patience)
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	go collector.Run(ctx)

	make := func(name string) time.Time {
		grace := int64(600)
		pod := &v1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name},
			Spec:       v1.PodSpec{NodeName: "gone", TerminationGracePeriodSeconds: &grace},
			Status:     v1.PodStatus{Phase: v1.PodRunning},
		}
		if _, err := client.CoreV1().Pods("default").Create(ctx, pod, metav1.CreateOptions{}); err != nil {
			panic(err)
		}
		return time.Now()
	}
	make("first")
	time.Sleep(apart)
	made := make("second")
	for ctx.Err() == nil {
		pods, err := client.CoreV1().Pods("default").List(ctx, metav1.ListOptions{})
		if err != nil {
			panic(err)
		}
		if len(pods.Items) == 0 {
			lived := time.Since(made)
			fmt.Printf("second lived %.1f s of a quarantine of %.0f s\n", lived.Seconds(), patience.Seconds())
			fmt.Println("removed before its own quarantine:", lived < patience-time.Second)
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	fmt.Println("not removed within a minute")
}
GO
go mod tidy > /dev/null 2>&1
seen=$(go run . 2> /dev/null)
echo "$seen"
grep -qx 'removed before its own quarantine: true' <<< "$seen"
