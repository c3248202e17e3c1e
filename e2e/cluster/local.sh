# shellcheck shell=bash
# Provider "local": a real single-node Kubernetes from parts, for Linux machines without a container engine.
#
# The node is a network namespace and a mount namespace. In the first it has addresses, iptables and ports of its own and
# one cable to the host; in the second /run, /var/lib and /var/log are its own, so that whatever kubelet, containerd and
# CNI mount or write is seen by them alone, and is gone with them. Hence `down` is: end every process that is in these
# namespaces or in the pods' cgroup, remove the cable, and delete two folders.

local_clusters=/var/lib/tocsin
local_runs=/run/tocsin
state=$local_clusters/$name # what lives as long as the cluster
run=$local_runs/$name       # sockets, pid files and the files that hold the namespaces
local_components=(etcd kube-apiserver kube-controller-manager kube-scheduler containerd kubelet kube-proxy coredns)

# shellcheck source=e2e/cluster/local/machine.sh
source "$here/local/machine.sh"
# shellcheck source=e2e/cluster/local/node.sh
source "$here/local/node.sh"
# shellcheck source=e2e/cluster/local/network.sh
source "$here/local/network.sh"
# shellcheck source=e2e/cluster/local/certificates.sh
source "$here/local/certificates.sh"
# shellcheck source=e2e/cluster/local/components.sh
source "$here/local/components.sh"

local_exists() { [[ -d $state || -d $run ]]; }

local_up() {
  machine_check
  lock "$run.lock"
  if node_is_complete && local_healthy; then
    say "the cluster $name runs already (local)"
    return
  fi
  machine_install_packages
  "$here/../tools/build" control-plane
  if node_is_complete; then
    say "the cluster $name is not healthy: starting what is missing"
    if network_numbers && (components_start && local_wait_ready 60); then
      say "the cluster $name is ready again (local)"
      return
    fi
    say "that did not help: making it anew"
  elif local_exists; then
    say "removing the remains of an unfinished cluster $name"
  fi
  node_remove
  local_create
  say "the cluster $name is ready (local): export KUBECONFIG=$(local_kubeconfig)"
}

local_create() {
  say "making the node of the cluster $name"
  mkdir -p "$state"/{bin,logs,certificates,configuration} "$run/pids"
  node_copy_tools
  network_claim
  node_create
  network_create
  certificates_create
  say "starting etcd, the API server, controllers, scheduler and containerd"
  components_start
  say "waiting for the node"
  if ! local_wait_ready 300; then
    fail "the cluster $name did not become ready; its logs are in $state/logs, \`cluster down\` removes it"
  fi
  touch "$state/complete"
}

local_kube() { "$state/bin/kubectl" --kubeconfig "$state/kubeconfig" --request-timeout=5s "$@" 2>/dev/null; }

# local_healthy: every process lives, the API server answers, the node is Ready.
local_healthy() {
  local component
  for component in "${local_components[@]}"; do node_process_alive "$component" || return; done
  [[ $(local_kube get node "$name" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') == True ]]
}

# local_wait_ready SECONDS: until pods can be made: the node is Ready, names resolve, the default ServiceAccount is there.
# A component that ends meanwhile, since another was not there yet, is started again.
local_wait_ready() {
  local deadline=$((SECONDS + $1)) restart=$((SECONDS + 5))
  until local_healthy && local_dns_ready && local_kube get serviceaccount default >/dev/null; do
    ((SECONDS < deadline)) || return
    if ((SECONDS >= restart)); then
      components_start
      restart=$((SECONDS + 5))
    fi
    sleep 0.3
  done
}

local_dns_ready() { (exec 3<>"/dev/tcp/$node_ip/8181" && printf 'GET /ready HTTP/1.0\r\n\r\n' >&3 && grep -q '200 OK' <&3) 2>/dev/null; }

local_down() {
  local_exists || {
    say "there is no cluster $name"
    return
  }
  machine_check
  lock "$run.lock"
  node_remove
  rm -f "$run.lock"
  rmdir --ignore-fail-on-non-empty "$local_runs" 2>/dev/null || true
  say "the cluster $name is gone"
}

local_load_image() {
  local tar
  node_is_complete || fail "the cluster $name is not up"
  for tar in "$@"; do
    node_load_image <"$tar"
    say "loaded ${tar##*/}"
  done
}

local_registry() { :; }

local_kubeconfig() {
  [[ -e $state/kubeconfig ]] || fail "the cluster $name is not up"
  echo "$state/kubeconfig"
}

# The pods' logs are taken from the kubelet's files too: they are there when the API server is not.
local_logs() {
  local folder=$1/node
  mkdir -p "$folder"
  cp -r "$state/logs/." "$folder/" 2>/dev/null || true
  cp -rL "$state/node/var-log/pods" "$folder/pods" 2>/dev/null || true
  {
    node_enter ip address
    node_enter ip route
    node_enter iptables-save
  } >"$folder/network.txt" 2>&1 || true
  local_status >"$folder/status.txt" 2>&1 || true
}

local_status() {
  local component
  local_exists || fail "there is no cluster $name"
  for component in "${local_components[@]}"; do
    if node_process_alive "$component"; then
      printf '%-24s runs, pid %s\n' "$component" "$(node_process_pid "$component")"
    else
      printf '%-24s does not run\n' "$component"
    fi
  done
  echo "a shell on the node:     nsenter --net=$run/net --mount=$run/mnt"
  local_kube get nodes -o wide || fail "the API server does not answer"
  node_is_complete && local_healthy
}
