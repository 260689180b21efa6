#!/bin/sh
# Runs the tests and measures coverage: `run.sh PYTHON [PYTEST ARGUMENTS]`. Without arguments part by part, three parts at
# once, because most tests wait for servers more than they compute: whichever process is through takes the next part, and
# the output of a part is shown when it is through. PROCESSES=2: as many at once. UNMEASURED=1: without coverage.
# PARTS="bot units": only these. CHECKS="lint": targets of make that are parts as well. Coverage and output are left in
# .local/coverage and .local/tests, a file a part. The parts of one process use its PostgreSQL, Redis and RabbitMQ one after
# another: starting them takes longer than some parts.
set -u

python=$1
shift
reports=.local/coverage
logs=.local/tests
mkdir -p "$reports"

measured() { # NAME PYTEST ARGUMENTS
  name=$1
  shift
  if [ -n "${UNMEASURED-}" ]; then
    exec "$python" -m pytest "$@"
  fi
  # Without a threshold it makes all code anew again and again, to take out what has counted once: a third of the time.
  set -- --threshold 1000000000 --json --out "$reports/$name.json" -m pytest "$@"
  # Files that were never imported are looked for once: it takes seconds.
  if [ "$name" = units ] || [ "$name" = some ]; then
    exec "$python" -m slipcover "$@"
  fi
  exec "$python" -m slipcover --source '' --omit '*/migrations/*,tests/*,clients/*,.local/*,.venv/*' "$@"
}

if [ $# -gt 0 ]; then
  measured some "$@"
fi

# The longest first, so that none is left for the end. What has no part of its own is in `others`.
all="e2e gateway others units ingestor-m-z reporter-a-q ingestor-a-l notifier-bot servicekit reporter-r-z"
parts="${CHECKS-} ${PARTS:-$all}"
integration=tests/integration

of_part() { # NAME
  case $1 in
    ingestor-a-l) set -- $integration/ingestor --ignore-glob '*/integration/ingestor/test_[!a-l]*.py' ;;
    ingestor-m-z) set -- $integration/ingestor --ignore-glob '*/integration/ingestor/test_[a-l]*.py' ;;
    reporter-a-q) set -- $integration/reporter --ignore-glob '*/integration/reporter/test_[!a-q]*.py' ;;
    reporter-r-z) set -- $integration/reporter --ignore-glob '*/integration/reporter/test_[a-q]*.py' ;;
    units) set -- tests/unit tests/contract ;;
    e2e) # each has a whole Pulse on servers of its own
      unset PULSE_TEST_SERVERS
      set -- tests/e2e ;;
    others)
      unset PULSE_TEST_SERVERS # they change settings of the broker
      set -- tests
      for folder in tests/unit tests/contract tests/e2e $integration/ingestor $integration/reporter $integration/servicekit \
        $integration/notifier $integration/gateway $integration/bot; do set -- "$@" --ignore "$folder"; done ;;
    notifier-bot) set -- $integration/notifier $integration/bot ;;
    lint | contracts-check) exec make "$1" ;;
    *) set -- "$integration/$1" ;;
  esac
  measured "$part" --durations=15 "$@"
}

own_servers() { # FUNCTION [ARGUMENTS]
  "$python" -c "from local import servers; servers.$1('$PULSE_TEST_SERVERS', ${2-})"
}

work() {
  failed=0
  # Named after this process, so that the next run deletes what it leaves when it is killed.
  PULSE_TEST_SERVERS=test-$(exec sh -c 'echo $PPID')
  export PULSE_TEST_SERVERS
  own_servers start "ephemeral=True" || failed=1
  for part in $parts; do
    mkdir "$logs/$part" 2>/dev/null || continue # another process has it
    (of_part "$part") >"$logs/$part/log" 2>&1 &
    running=$!
    trap 'kill "$running" 2>/dev/null; exit 1' TERM
    wait "$running" || failed=1
    cat "$logs/$part/log"
  done
  own_servers destroy || failed=1
  return $failed
}

rm -rf "$logs"
mkdir -p "$logs"
workers=
for _ in $(seq "${PROCESSES:-3}"); do
  work &
  workers="$workers $!"
done
trap 'kill $workers 2>/dev/null' EXIT
trap 'exit 1' INT TERM
passed=0
for worker in $workers; do
  wait "$worker" || passed=1
done
trap - EXIT
exit $passed
