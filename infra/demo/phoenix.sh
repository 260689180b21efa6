#!/bin/sh
# Makes .local/phoenix: Arize Phoenix in an environment of its own, which is no part of this project's lock.
set -eu

uv=$(sh infra/local/bootstrap/uv.sh)
export UV_PYTHON_DOWNLOADS=never
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
  export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
fi
if [ -n "${PIP_INDEX_URL:-}" ]; then
  export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
fi
printf '%s\n' "installing arize-phoenix into .local/phoenix (600 MB)" >&2
[ -x .local/phoenix/bin/python ] || "$uv" venv -q --python .venv/bin/python .local/phoenix
exec "$uv" pip install -q --python .local/phoenix/bin/python arize-phoenix==20.26.1
