#!/usr/bin/env bash
# honcho 2.0.0 (PyPI): a program that a signal ended makes honcho end with 256 less the signal, and not with 128 more, as
# shells, Docker and Kubernetes write it. A node that is killed for its memory (SIGKILL) comes out as 247, a SIGSEGV as 245;
# codes such as 70 come through. Who reads "above 128 is a signal" takes 247 for signal 119, which there is not.
# Seen: bash says 137 and 139 where honcho says 247 and 245, and both say 70.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'honcho==2.0.0'

seen=
for end in 'kill -KILL $$' 'kill -SEGV $$' 'exit 70'; do
  printf '%s\n' '#!/bin/bash' 'ulimit -c 0' "$end" > node
  chmod +x node
  echo 'node: exec ./node' > Procfile
  shell=0
  (bash -c './node; exit $?') > /dev/null 2>&1 || shell=$?
  honcho=0
  venv/bin/honcho start > log 2>&1 || honcho=$?
  seen+="$end: bash $shell, honcho $honcho"$'\n'
done
printf '%s' "$seen"
[ "$seen" = 'kill -KILL $$: bash 137, honcho 247
kill -SEGV $$: bash 139, honcho 245
exit 70: bash 70, honcho 70
' ]
