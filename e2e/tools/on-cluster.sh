# shellcheck shell=bash
# Sourced by the tests that install Tocsin on a cluster: which cluster, which tools, waiting, and what is kept of a failure.

export PATH=$PWD/target/tools/bin:$PATH
KUBECONFIG=${KUBECONFIG:-$(e2e/cluster/cluster kubeconfig)}
export KUBECONFIG
registry=$(e2e/cluster/cluster registry)

# from_registry: manifests from standard input, with the images that are built here taken from where the cluster pulls them.
from_registry() { sed "s#image: \(tocsin\|victoriametrics\|prom\)/#image: ${registry:+$registry/}\1/#"; }

# no_other_tocsin [NAMESPACE]: fails when there is a Tocsin (elsewhere). CRDs and the operator are for a whole cluster.
no_other_tocsin() {
  local others
  others=$(kubectl get deployments -A -l app.kubernetes.io/name=tocsin,app.kubernetes.io/component=operator \
    --no-headers -o custom-columns=:.metadata.namespace | grep -vx "${1:-}" || true)
  [[ -z $others ]] || fail "the cluster already has a Tocsin (namespace ${others//$'\n'/, }), and there is one per cluster:" \
    "use another cluster (TOCSIN_CLUSTER=name), or uninstall it"
}

# wait_for SECONDS TEXT COMMAND...: until the command succeeds.
wait_for() {
  local end=$((SECONDS + $1)) text=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || fail "not within time: $text"
    sleep 0.5
  done
}

# at_end COMMAND: what the script does when it ends, however it ends. When it failed, the cluster's logs are collected
# before that, as there is nothing left to look at afterwards.
at_end() {
  # shellcheck disable=SC2064 # the command of now
  trap "at_end_run $1" EXIT
}

at_end_run() {
  local status=$?
  trap - EXIT
  ((status == 0)) || e2e/cluster/cluster logs "target/logs/${0##*/}" || true
  "$@" || true
  exit "$status"
}
