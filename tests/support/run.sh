#!/bin/sh
# Runs the tests and measures coverage: `run.sh PYTHON [PYTEST ARGUMENTS]`. Without arguments in three processes at once,
# because most tests wait for servers more than they compute: the output of two follows when the first is through.
# Coverage is left in .local/coverage, a file a process. UNMEASURED=1: without coverage.
set -u

python=$1
shift
reports=.local/coverage
mkdir -p "$reports"

run() { # NAME PYTEST ARGUMENTS
  name=$1
  shift
  if [ -n "${UNMEASURED-}" ]; then
    exec "$python" -m pytest "$@"
  fi
  exec "$python" -m slipcover --json --out "$reports/$name.json" -m pytest "$@"
}

if [ $# -gt 0 ]; then
  run some "$@"
fi

slowest="--durations=15"
integration=tests/integration
run units $slowest tests/unit tests/contract $integration/servicekit >.local/unit-tests.log 2>&1 &
units=$!
run services $slowest tests/e2e tests/chaos $integration --ignore $integration/ingestor \
  --ignore $integration/servicekit >.local/service-tests.log 2>&1 &
services=$!
trap 'kill "$units" "$services" 2>/dev/null' EXIT
(run ingestor $slowest $integration/ingestor)
ingestor_passed=$?
wait "$services"
services_passed=$?
wait "$units"
units_passed=$?
trap - EXIT
cat .local/service-tests.log .local/unit-tests.log
[ "$ingestor_passed" -eq 0 ] && [ "$services_passed" -eq 0 ] && [ "$units_passed" -eq 0 ]
