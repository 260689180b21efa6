#!/bin/sh
# Deploys an overlay in order: sh infra/kubernetes/deploy.sh single-node, or production. Again, it upgrades.
# Servers, then what has to be done before processes of this version start, then the processes; ends with 1 where one fails.
set -eu

[ $# = 1 ] && [ -d "$(dirname "$0")/overlays/$1" ] || { echo "usage: deploy.sh single-node|production" >&2; exit 2; }
here=$(dirname "$0")
overlay=$here/overlays/$1
KUBECTL=${KUBECTL:-kubectl}
kube() { $KUBECTL --namespace pulse "$@"; }
apply() { kube apply -k "$overlay" -l "$1"; }

$KUBECTL apply -f "$here/base/namespace.yaml"

if [ "$1" = single-node ]; then
  # Passwords and keys once made are kept; those that only you know are taken from the environment, as by `make up`.
  .venv/bin/python -m local secrets
  grep -v '^#' "$here/secrets.txt" | while IFS=: read -r name keys; do
    set --
    for key in $keys; do
      case $key in
        redis_url) set -- "$@" "--from-literal=$key=redis://redis:6379/0" ;;
        scaler_rabbitmq_url) set -- "$@" "--from-literal=$key=" ;;
        *) set -- "$@" "--from-file=$key=.secrets/$key" ;;
      esac
    done
    kube create secret generic "$name" "$@" --dry-run=client -o yaml | kube apply -f -
  done
  public() { sed -n "s/^$1_PUBLIC_KEY='\(.*\)'$/\1/p" .env; }
  kube create configmap public-keys "--from-literal=ingestor=$(public INGESTOR)" \
    "--from-literal=notifier=$(public NOTIFIER)" --dry-run=client -o yaml | kube apply -f -
fi

apply '!pulse/step'
if [ "$1" = single-node ]; then
  apply pulse/step=servers
  for server in postgres redis rabbitmq; do
    kube rollout status "statefulset/$server" --timeout=300s
  done
fi

# Jobs cannot be changed: the one of the version before goes. Processes of that version go on meanwhile.
kube delete job prepare --ignore-not-found
apply pulse/step=prepare
outcome=
while [ -z "$outcome" ]; do
  sleep "${POLL_SECONDS:-2}"
  outcome=$(kube get job prepare -o 'jsonpath={.status.conditions[?(@.status=="True")].type}')
done
case $outcome in *Failed*)
  kube logs job/prepare --all-containers --tail=20 >&2
  echo "not prepared: no process was changed" >&2
  exit 1 ;;
esac

apply pulse/step=services
for service in gateway ingestor reporter notifier audit bot; do
  kube rollout status "deployment/$service" --timeout=300s ||
    { echo "$service did not become ready; back: kubectl -n pulse rollout undo deployment/$service" >&2; exit 1; }
done
