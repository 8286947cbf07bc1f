// Command informer keeps what the controller keeps of a namespace's pods, HaltPolicies and NodeHalts, by client-go's own
// informers, and does nothing else: the yardstick for the controller's memory and idle CPU.
//
//	informer -kubeconfig FILE -namespace NAME [-whole]
//
// It prints "synced N" once it holds N pods, and runs until a signal.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "the cluster, and as whom")
	namespace := flag.String("namespace", "", "the namespace to watch")
	whole := flag.Bool("whole", false, "keep pods as they come, not only what the controller keeps of them")
	flag.Parse()
	if err := run(*kubeconfig, *namespace, *whole); err != nil {
		fmt.Fprintf(os.Stderr, "informer: %v\n", err)
		os.Exit(1)
	}
}

func run(kubeconfig, namespace string, whole bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	custom, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	// The controller lists everything anew every 15 minutes; client-go's resync only replays its own store.
	typed := informers.NewSharedInformerFactoryWithOptions(client, 15*time.Minute, informers.WithNamespace(namespace))
	own := dynamicinformer.NewFilteredDynamicSharedInformerFactory(custom, 15*time.Minute, namespace, nil)
	pods := typed.Core().V1().Pods().Informer()
	if !whole {
		if err := pods.SetTransform(project); err != nil {
			return err
		}
	}
	for _, plural := range []string{"haltpolicies", "nodehalts"} {
		own.ForResource(schema.GroupVersionResource{Group: "upgrade-halt.dev", Version: "v1alpha1", Resource: plural}).Informer()
	}
	typed.Start(ctx.Done())
	own.Start(ctx.Done())
	typed.WaitForCacheSync(ctx.Done())
	own.WaitForCacheSync(ctx.Done())
	if ctx.Err() != nil {
		return nil
	}
	fmt.Printf("synced %d\n", len(pods.GetStore().ListKeys()))
	<-ctx.Done()
	return nil
}

// project keeps of a pod what `projectPod` in apps/mini-controller/src/model/pod.ts keeps.
func project(object any) (any, error) {
	pod, isPod := object.(*corev1.Pod)
	if !isPod {
		return object, nil
	}
	return &corev1.Pod{
		ObjectMeta: projectMeta(pod.ObjectMeta),
		Spec: corev1.PodSpec{
			Containers:     projectContainers(pod.Spec.Containers),
			ReadinessGates: pod.Spec.ReadinessGates,
		},
		Status: corev1.PodStatus{
			Phase:             pod.Status.Phase,
			PodIP:             pod.Status.PodIP,
			Conditions:        projectConditions(pod.Status.Conditions),
			ContainerStatuses: projectStatuses(pod.Status.ContainerStatuses),
		},
	}, nil
}

func projectMeta(meta metav1.ObjectMeta) metav1.ObjectMeta {
	var owners []metav1.OwnerReference
	for _, owner := range meta.OwnerReferences {
		owners = append(owners, metav1.OwnerReference{
			APIVersion: owner.APIVersion, Kind: owner.Kind, Name: owner.Name, UID: owner.UID,
		})
	}
	return metav1.ObjectMeta{
		Name: meta.Name, Namespace: meta.Namespace, UID: meta.UID, ResourceVersion: meta.ResourceVersion,
		CreationTimestamp: meta.CreationTimestamp, DeletionTimestamp: meta.DeletionTimestamp,
		Labels: meta.Labels, OwnerReferences: owners,
	}
}

func projectContainers(all []corev1.Container) []corev1.Container {
	var kept []corev1.Container
	for _, container := range all {
		var ports []corev1.ContainerPort
		for _, port := range container.Ports {
			ports = append(ports, corev1.ContainerPort{Name: port.Name, ContainerPort: port.ContainerPort})
		}
		kept = append(kept, corev1.Container{Name: container.Name, Image: container.Image, Ports: ports})
	}
	return kept
}

func projectConditions(all []corev1.PodCondition) []corev1.PodCondition {
	var kept []corev1.PodCondition
	for _, condition := range all {
		kept = append(kept, corev1.PodCondition{
			Type: condition.Type, Status: condition.Status, Reason: condition.Reason,
		})
	}
	return kept
}

func projectStatuses(all []corev1.ContainerStatus) []corev1.ContainerStatus {
	var kept []corev1.ContainerStatus
	for _, status := range all {
		kept = append(kept, corev1.ContainerStatus{
			Name: status.Name, RestartCount: status.RestartCount, Ready: status.Ready,
			State: status.State, LastTerminationState: status.LastTerminationState,
		})
	}
	return kept
}
