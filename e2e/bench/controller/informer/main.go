// Command informer keeps what the controller keeps of a namespace's pods, HaltPolicies, NodeHalts and NodeRecords, by client-go's
// own informers, asks each pod for its /status every so often where it is told to, and does nothing else: the yardstick for the
// controller's memory and CPU.
//
//	informer -kubeconfig FILE -namespace NAME [-poll DURATION]
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
	every := flag.Duration("poll", 0, "how often each pod is asked for its /status; never unless said")
	flag.Parse()
	if err := run(*kubeconfig, *namespace, *every); err != nil {
		fmt.Fprintf(os.Stderr, "informer: %v\n", err)
		os.Exit(1)
	}
}

func run(kubeconfig, namespace string, every time.Duration) error {
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
	if err := pods.SetTransform(project); err != nil {
		return err
	}
	if every > 0 {
		if _, err := pods.AddEventHandler(newPoller(ctx, every)); err != nil {
			return err
		}
	}
	for _, plural := range []string{"haltpolicies", "nodehalts", "noderecords"} {
		informer := own.ForResource(schema.GroupVersionResource{Group: "upgrade-halt.dev", Version: "v1alpha1", Resource: plural}).Informer()
		if plural == "noderecords" {
			if err := informer.SetTransform(typedRecord); err != nil {
				return err
			}
		}
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
