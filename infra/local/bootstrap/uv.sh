#!/bin/sh
# Prints the path of uv: the one on the PATH, or one installed into .local/uv-venv. Exit code 2 with one line otherwise.
set -eu

version=0.13.9

say() { printf '%s\n' "$*" >&2; }

if found=$(command -v uv); then
  printf '%s\n' "$found"
  exit 0
fi

home=.local/uv-venv
if [ ! -x "$home/bin/uv" ]; then
  command -v python3 >/dev/null || { say "Python 3.11 or newer is missing: install python3"; exit 2; }
  if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      say "installing python3-venv"
      { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends python3-venv; } >&2 </dev/null ||
        { say "Python's venv module is missing and apt-get could not install the package python3-venv"; exit 2; }
    else
      say "Python's venv module is missing: install the package python3-venv, or put uv on the PATH"
      exit 2
    fi
  fi
  say "installing uv into $home"
  mkdir -p .local
  rm -rf "$home"
  if ! { python3 -m venv "$home" && "$home/bin/python" -m pip install -q --disable-pip-version-check "uv==$version"; } >&2; then
    rm -rf "$home"
    say "uv could not be installed: put uv on the PATH (every way of installing it will do)"
    exit 2
  fi
fi
printf '%s\n' "$home/bin/uv"
