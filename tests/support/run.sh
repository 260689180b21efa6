#!/bin/sh
# Runs the tests under coverage: `run.sh PYTHON [PYTEST ARGUMENTS]`. Without arguments in three processes at once, because
# most tests wait for servers more than they compute: the output of two follows when the first is through.
# UNMEASURED=1: without coverage.
set -u

python=$1
shift
measured="-m coverage run"
if [ -n "${UNMEASURED-}" ]; then
  measured=
fi
if [ $# -gt 0 ]; then
  exec "$python" $measured -m pytest "$@"
fi

mkdir -p .local
slowest="--durations=15"
integration=tests/integration
"$python" $measured -m pytest $slowest tests/unit tests/contract $integration/servicekit >.local/unit-tests.log 2>&1 &
units=$!
"$python" $measured -m pytest $slowest tests/e2e tests/chaos $integration --ignore $integration/ingestor \
  --ignore $integration/servicekit >.local/service-tests.log 2>&1 &
services=$!
trap 'kill "$units" "$services" 2>/dev/null' EXIT
"$python" $measured -m pytest $slowest $integration/ingestor
ingestor_passed=$?
wait "$services"
services_passed=$?
wait "$units"
units_passed=$?
trap - EXIT
cat .local/service-tests.log .local/unit-tests.log
[ "$ingestor_passed" -eq 0 ] && [ "$services_passed" -eq 0 ] && [ "$units_passed" -eq 0 ]
