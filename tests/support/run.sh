#!/bin/sh
# Runs the tests under coverage: `run.sh PYTHON [PYTEST ARGUMENTS]`. Without arguments in two processes at once, the
# integration tests beside all others, whose output follows when the first are through.
set -u

python=$1
shift
if [ $# -gt 0 ]; then
  exec "$python" -m coverage run -m pytest "$@"
fi

log=.local/other-tests.log
mkdir -p .local
"$python" -m coverage run -m pytest tests/unit tests/contract tests/e2e tests/chaos >"$log" 2>&1 &
beside=$!
trap 'kill "$beside" 2>/dev/null' EXIT
"$python" -m coverage run -m pytest tests/integration
first=$?
wait "$beside"
second=$?
trap - EXIT
cat "$log"
[ "$first" -eq 0 ] && [ "$second" -eq 0 ]
