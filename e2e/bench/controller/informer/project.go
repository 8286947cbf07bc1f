package main

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// project keeps of a pod what `projectPod` in apps/mini-controller/src/model/pod.ts keeps.
func project(object any) (any, error) {
	pod, isPod := object.(*corev1.Pod)
	if !isPod {
		return object, nil
	}
	volumes := projectVolumes(pod.Spec.Volumes)
	return &corev1.Pod{
		ObjectMeta: projectMeta(pod.ObjectMeta),
		Spec: corev1.PodSpec{
			Containers:                    projectContainers(pod.Spec.Containers, volumes),
			NodeName:                      pod.Spec.NodeName,
			ReadinessGates:                pod.Spec.ReadinessGates,
			TerminationGracePeriodSeconds: pod.Spec.TerminationGracePeriodSeconds,
			Volumes:                       volumes,
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

// projectVolumes keeps those that outlive the pod.
func projectVolumes(all []corev1.Volume) []corev1.Volume {
	var kept []corev1.Volume
	for _, volume := range all {
		if volume.PersistentVolumeClaim != nil || volume.HostPath != nil {
			kept = append(kept, corev1.Volume{Name: volume.Name, VolumeSource: corev1.VolumeSource{
				PersistentVolumeClaim: volume.PersistentVolumeClaim, HostPath: volume.HostPath,
			}})
		}
	}
	return kept
}

func projectMounts(all []corev1.VolumeMount, volumes []corev1.Volume) []corev1.VolumeMount {
	var kept []corev1.VolumeMount
	for _, mount := range all {
		for _, volume := range volumes {
			if mount.Name == volume.Name {
				kept = append(kept, corev1.VolumeMount{Name: mount.Name, ReadOnly: mount.ReadOnly, SubPath: mount.SubPath})
			}
		}
	}
	return kept
}

func projectContainers(all []corev1.Container, volumes []corev1.Volume) []corev1.Container {
	var kept []corev1.Container
	for _, container := range all {
		var ports []corev1.ContainerPort
		for _, port := range container.Ports {
			ports = append(ports, corev1.ContainerPort{Name: port.Name, ContainerPort: port.ContainerPort})
		}
		kept = append(kept, corev1.Container{
			Name: container.Name, Image: container.Image, Ports: ports,
			VolumeMounts: projectMounts(container.VolumeMounts, volumes),
		})
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
			ImageID: status.ImageID, ContainerID: status.ContainerID,
			State: status.State, LastTerminationState: status.LastTerminationState,
		})
	}
	return kept
}
