#!/usr/bin/env bash
# @kubernetes/client-node 2.0.1 knows no `tokenFile` of a kubeconfig's user, the one way to name a bearer token that is renewed.
# It looks for `token-file`, which neither the API nor kubectl has. A kubeconfig that names a `tokenFile` and nothing else, as
# agents beside a projected ServiceAccount token write it, loads without a word, and every request goes out without credentials:
# the API server then answers as to anonymous. k8s.io/client-go 0.35.4 reads the file, and reads it again as it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

cat > kubeconfig << YAML
apiVersion: v1
kind: Config
current-context: one
contexts: [{name: one, context: {cluster: one, user: one}}]
clusters: [{name: one, cluster: {server: https://api.invalid}}]
users: [{name: one, user: {tokenFile: $folder/token}}]
YAML
printf secret > token

npm init -y > /dev/null
npm install --silent --no-audit --no-fund @kubernetes/client-node@2.0.1 node@24.21.0
cat > read.mjs << 'JS'
import { KubeConfig } from "@kubernetes/client-node";
const config = new KubeConfig();
config.loadFromFile("kubeconfig");
const options = {};
await config.applyToHTTPSOptions(options);
console.log(`client-node: ${JSON.stringify(options.headers ?? {})}`);
JS

mkdir go && cd go
cat > main.go << 'GO'
package main

import (
	"fmt"

	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", "../kubeconfig")
	fmt.Println("client-go:", config.BearerToken, config.BearerTokenFile != "", err)
}
GO
export GOFLAGS="-mod=mod -modcacherw" GOPATH="$folder/gopath"
go mod init example > /dev/null 2>&1
go get k8s.io/client-go/tools/clientcmd@v0.35.4 > /dev/null 2>&1
go build -o ../read .

seen=$(../read; cd ..; node_modules/.bin/node read.mjs)
echo "$seen"
[ "$seen" = 'client-go: secret true <nil>
client-node: {}' ]
