package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/cache"
)

// status is what the controller keeps of a node's answer.
type status struct {
	NodeInfo struct {
		Network string `json:"network"`
		Moniker string `json:"moniker"`
	} `json:"node_info"`
	SyncInfo struct {
		LatestBlockHeight string `json:"latest_block_height"`
		CatchingUp        bool   `json:"catching_up"`
	} `json:"sync_info"`
	ValidatorInfo struct {
		Address string `json:"address"`
	} `json:"validator_info"`
	HaltIntent *json.RawMessage `json:"halt_intent"`
}

// poller asks each running pod for its /status, as one writes that in Go: a goroutine for each, and net/http's own transport.
type poller struct {
	ctx     context.Context
	every   time.Duration
	client  *http.Client
	mu      sync.Mutex
	newest  map[string]status
	cancels map[string]context.CancelFunc
}

func newPoller(ctx context.Context, every time.Duration) cache.ResourceEventHandler {
	p := &poller{
		ctx: ctx, every: every, client: &http.Client{Timeout: 2 * time.Second},
		newest: map[string]status{}, cancels: map[string]context.CancelFunc{},
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    p.follow,
		UpdateFunc: func(_, pod any) { p.follow(pod) },
		DeleteFunc: p.forget,
	}
}

func (p *poller) follow(object any) {
	pod, isPod := object.(*corev1.Pod)
	if !isPod || pod.Status.Phase != corev1.PodRunning {
		return
	}
	url := urlOf(pod)
	key := pod.Namespace + "/" + pod.Name
	p.mu.Lock()
	defer p.mu.Unlock()
	if url == "" || p.cancels[key] != nil {
		return
	}
	ctx, cancel := context.WithCancel(p.ctx)
	p.cancels[key] = cancel
	go p.poll(ctx, key, url)
}

func (p *poller) forget(object any) {
	key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object)
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if cancel := p.cancels[key]; cancel != nil {
		cancel()
	}
	delete(p.cancels, key)
	delete(p.newest, key)
}

func (p *poller) poll(ctx context.Context, key, url string) {
	wait := time.Duration(rand.Float64() * float64(p.every))
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = p.every
		if answer, err := p.read(ctx, url); err == nil {
			p.mu.Lock()
			p.newest[key] = answer
			p.mu.Unlock()
		}
	}
}

func (p *poller) read(ctx context.Context, url string) (status, error) {
	var answer status
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer, err
	}
	response, err := p.client.Do(request)
	if err != nil {
		return answer, err
	}
	defer response.Body.Close()
	err = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer)
	return answer, err
}

func urlOf(pod *corev1.Pod) string {
	for _, container := range pod.Spec.Containers {
		for _, port := range container.Ports {
			if port.Name == "rpc" && pod.Status.PodIP != "" {
				return fmt.Sprintf("http://%s:%d/status", pod.Status.PodIP, port.ContainerPort)
			}
		}
	}
	return ""
}
