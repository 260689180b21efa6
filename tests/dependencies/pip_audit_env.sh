#!/bin/sh
# Makes .local/pip-audit what tests/dependencies/pip_audit.lock says.
set -eu

uv=$(sh infra/local/bootstrap/uv.sh)
export UV_PYTHON_DOWNLOADS=never
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
  export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
fi
if [ -n "${PIP_INDEX_URL:-}" ]; then
  export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
fi
[ -x .local/pip-audit/bin/python ] || "$uv" venv -q --python .venv/bin/python .local/pip-audit
exec "$uv" pip sync -q --python .local/pip-audit/bin/python tests/dependencies/pip_audit.lock
