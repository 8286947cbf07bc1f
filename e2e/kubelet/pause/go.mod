module upgrade-halt.dev/kubelet/pause

go 1.25.0
