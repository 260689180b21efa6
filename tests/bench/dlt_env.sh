#!/bin/sh
# Makes .local/bench-dlt what tests/bench/dlt.lock says.
set -eu

uv=$(sh infra/local/bootstrap/uv.sh)
export UV_PYTHON_DOWNLOADS=never
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
  export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
fi
if [ -n "${PIP_INDEX_URL:-}" ]; then
  export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
fi
printf '%s\n' "installing dlt into .local/bench-dlt" >&2
[ -x .local/bench-dlt/bin/python ] || "$uv" venv -q --python .venv/bin/python .local/bench-dlt
exec "$uv" pip sync -q --python .local/bench-dlt/bin/python tests/bench/dlt.lock
