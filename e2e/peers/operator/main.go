// Command operator is an operator as its authors write it: controller-runtime and client-go with their defaults, so
// with protobuf. It leads, and for each ConfigMap labelled `operator=yes` makes what typed clients write.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

const image = "registry.k8s.io/pause:3.10"

type reconciler struct {
	client.Client
	typed kubernetes.Interface
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var source corev1.ConfigMap
	if err := r.Get(ctx, request.NamespacedName, &source); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if source.Labels["operator"] != "yes" {
		return ctrl.Result{}, nil
	}
	set := &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{Namespace: source.Namespace, Name: source.Name}}
	if _, err := controllerutil.CreateOrUpdate(ctx, r.Client, set, func() error {
		labels := map[string]string{"app": source.Name}
		var one int32 = 1
		set.Spec.Replicas = &one
		set.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
		set.Spec.Template.Labels = labels
		set.Spec.Template.Spec.Containers = []corev1.Container{{Name: "main", Image: image}}
		return controllerutil.SetControllerReference(&source, set, r.Scheme())
	}); err != nil {
		return ctrl.Result{}, fmt.Errorf("StatefulSet: %w", err)
	}
	if err := r.writeTyped(ctx, &source); err != nil {
		return ctrl.Result{}, err
	}
	if set.Status.ReadyReplicas < 1 {
		return ctrl.Result{}, nil
	}
	fmt.Println("reconciled", source.Name)
	return ctrl.Result{}, nil
}

// writeTyped writes by client-go's own clients a pod, an Event and a budget, and updates the pod's labels.
func (r *reconciler) writeTyped(ctx context.Context, source *corev1.ConfigMap) error {
	meta := metav1.ObjectMeta{Namespace: source.Namespace, Name: source.Name + "-typed"}
	pods := r.typed.CoreV1().Pods(source.Namespace)
	pod, err := pods.Create(ctx, &corev1.Pod{
		ObjectMeta: meta,
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: image}}},
	}, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	} else if err != nil {
		return fmt.Errorf("Pod: %w", err)
	}
	least := intstr.FromString("50%")
	budget := &policyv1.PodDisruptionBudget{ObjectMeta: meta, Spec: policyv1.PodDisruptionBudgetSpec{
		MinAvailable: &least, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": source.Name}},
	}}
	if _, err := r.typed.PolicyV1().PodDisruptionBudgets(source.Namespace).Create(ctx, budget, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("PodDisruptionBudget: %w", err)
	}
	event := &corev1.Event{
		ObjectMeta: meta, Reason: "Reconciled", Message: "made", Type: corev1.EventTypeNormal,
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		FirstTimestamp: metav1.Now(), LastTimestamp: metav1.Now(),
	}
	if _, err := r.typed.CoreV1().Events(source.Namespace).Create(ctx, event, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("Event: %w", err)
	}
	return nil
}

func run() error {
	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	manager, err := ctrl.NewManager(config, ctrl.Options{
		LeaderElection:          true,
		LeaderElectionID:        "operator",
		LeaderElectionNamespace: "default",
		Metrics:                 metricsserver.Options{BindAddress: "0"},
	})
	if err != nil {
		return err
	}
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	go func() {
		<-manager.Elected()
		fmt.Println("leads")
	}()
	err = ctrl.NewControllerManagedBy(manager).
		For(&corev1.ConfigMap{}).
		Owns(&appsv1.StatefulSet{}).
		Complete(&reconciler{Client: manager.GetClient(), typed: typed})
	if err != nil {
		return err
	}
	return manager.Start(ctrl.SetupSignalHandler())
}

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
