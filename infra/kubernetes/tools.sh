#!/bin/sh
# Makes .local/kubernetes-tools what tools.lock says: kubectl with its kustomize, and the schemas of Kubernetes.
set -eu

uv=$(sh infra/local/bootstrap/uv.sh)
export UV_PYTHON_DOWNLOADS=never
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
  export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
fi
if [ -n "${PIP_INDEX_URL:-}" ]; then
  export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
fi
[ -x .local/kubernetes-tools/bin/python ] || "$uv" venv -q --python .venv/bin/python .local/kubernetes-tools
exec "$uv" pip sync -q --require-hashes --python .local/kubernetes-tools/bin/python infra/kubernetes/tools.lock
