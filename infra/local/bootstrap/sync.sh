#!/bin/sh
# Makes .venv what requirements.lock says. Exit code 2 with one line when Python is missing or too old.
set -eu

uv=$(sh infra/local/bootstrap/uv.sh)
export UV_PYTHON_DOWNLOADS=never
# Trust what this machine trusts (a proxy's certificate, say), where it says so at all.
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
  export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
fi
# pip's mirror is ours too.
if [ -n "${PIP_INDEX_URL:-}" ]; then
  export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
fi

if [ ! -x .venv/bin/python ]; then
  "$uv" venv -q --python '>=3.11' .venv || {
    printf '%s\n' "Python 3.11 or newer is missing: install it (Debian 12 and later: python3)" >&2
    exit 2
  }
fi
printf '%s\n' "installing what requirements.lock names into .venv" >&2
exec "$uv" pip sync -q --python .venv/bin/python requirements.lock
