#!/bin/sh
# Runs the tests under coverage: `run.sh PYTHON [PYTEST ARGUMENTS]`. Without arguments in two processes at once, those
# that wait for servers beside those that need none; the second lot's output follows when the first is through.
set -u

python=$1
shift
if [ $# -gt 0 ]; then
  exec "$python" -m coverage run -m pytest "$@"
fi

log=.local/tests-without-servers.log
mkdir -p .local
"$python" -m coverage run -m pytest tests/unit tests/contract >"$log" 2>&1 &
beside=$!
trap 'kill "$beside" 2>/dev/null' EXIT
"$python" -m coverage run -m pytest tests/integration tests/e2e tests/chaos
first=$?
wait "$beside"
second=$?
trap - EXIT
cat "$log"
[ "$first" -eq 0 ] && [ "$second" -eq 0 ]
