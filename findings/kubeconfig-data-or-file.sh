#!/usr/bin/env bash
# @kubernetes/client-node 2.0.1 and k8s.io/client-go 0.35.4 differ about a kubeconfig whose cluster has both
# `certificate-authority` (a file) and `certificate-authority-data`, as `kubectl config set` leaves one behind that adds the other.
# The API's documentation says that the data overrides the file. client-go refuses such a file whole, so kubectl and every Go
# client do ("are both specified"). client-node says nothing and does the opposite of the documentation: it trusts the file.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

cat > kubeconfig << YAML
apiVersion: v1
kind: Config
current-context: one
contexts: [{name: one, context: {cluster: one, user: one}}]
users: [{name: one, user: {token: none}}]
clusters:
  - name: one
    cluster:
      server: https://api.invalid
      certificate-authority: $folder/file.pem
      certificate-authority-data: $(printf data | base64)
YAML
printf file > file.pem

npm init -y > /dev/null
npm install --silent --no-audit --no-fund @kubernetes/client-node@2.0.1 node@24.21.0
cat > read.mjs << 'JS'
import { KubeConfig } from "@kubernetes/client-node";
const config = new KubeConfig();
config.loadFromFile("kubeconfig");
const options = {};
await config.applyToHTTPSOptions(options);
console.log(`client-node: ${options.ca}`);
JS

mkdir go && cd go
cat > main.go << 'GO'
package main

import (
	"fmt"

	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	_, err := clientcmd.BuildConfigFromFlags("", "../kubeconfig")
	fmt.Println("client-go:", err)
}
GO
export GOFLAGS="-mod=mod -modcacherw" GOPATH="$folder/gopath"
go mod init example > /dev/null 2>&1
go get k8s.io/client-go/tools/clientcmd@v0.35.4 > /dev/null 2>&1
go build -o ../read .

seen=$(../read; cd ..; node_modules/.bin/node read.mjs)
echo "$seen"
[ "$seen" = 'client-go: invalid configuration: certificate-authority-data and certificate-authority are both specified for one. certificate-authority-data will override.
client-node: file' ]
