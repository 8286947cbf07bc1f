package main

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// record is a NodeRecord as a typed client has it.
type record struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Node string `json:"node"`
	} `json:"spec"`
	Status struct {
		PodUID           string     `json:"podUID"`
		OwnerUID         string     `json:"ownerUID"`
		ChainID          string     `json:"chainId"`
		ValidatorAddress string     `json:"validatorAddress"`
		AlsoTold         []string   `json:"alsoTold"`
		RestartCount     int        `json:"restartCount"`
		Height           int64      `json:"height"`
		SeenAt           string     `json:"seenAt"`
		Images           []ranImage `json:"images"`
	} `json:"status"`
}

type ranImage struct {
	Image    string `json:"image"`
	ImageID  string `json:"imageID"`
	Revision string `json:"revision"`
	Height   int64  `json:"height"`
	At       string `json:"at"`
}

// typedRecord keeps a NodeRecord without its managed fields, and not as the maps that a dynamic client makes of it.
func typedRecord(object any) (any, error) {
	raw, isRaw := object.(*unstructured.Unstructured)
	if !isRaw {
		return object, nil
	}
	var kept record
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw.Object, &kept); err != nil {
		return nil, err
	}
	kept.ManagedFields = nil
	return &kept, nil
}
