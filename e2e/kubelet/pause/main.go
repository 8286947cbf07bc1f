// Command pause does nothing until it is told to stop, as the first process of a pod; `pause panic TEXT` panics.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "panic" {
		panic(os.Args[2])
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
}
