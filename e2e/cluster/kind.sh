# shellcheck shell=bash
# Provider "kind": Kubernetes in Docker or Podman.

kind_clusters=$cache/kind-clusters
kind_folder=$kind_clusters/$name # there as long as anything of the cluster may be, also when an `up` was interrupted

# kind_engine: prints docker or podman, whichever really runs (a client without a daemon does not count).
kind_engine() {
  local engine
  for engine in docker podman; do
    if command -v "$engine" >/dev/null && timeout 10 "$engine" info >/dev/null 2>&1; then
      echo "$engine"
      return
    fi
  done
  return 1
}

kind_possible() { kind_engine >/dev/null; }

kind_exists() { [[ -d $kind_folder ]]; }

kind_complete() { [[ -e $kind_folder/kubeconfig ]]; }

kind_install() { GOBIN=$1 go install "sigs.k8s.io/kind@$KIND_VERSION"; }

# kind_command ARGUMENT...: kind itself, the machine's or one that is built for the purpose
kind_command() {
  local kind engine
  engine=$(kind_engine) || fail "the cluster $name is to run in Docker or Podman, and neither answers"
  if ! kind=$(command -v kind); then
    kind=$(cached kind "$KIND_VERSION" "building kind $KIND_VERSION" kind_install)/kind
  fi
  # Podman's monitor of the node is its child and lives as long as the node: it must not keep the lock.
  KIND_EXPERIMENTAL_PROVIDER=$engine "$kind" "$@" 9>&-
}

# kind_ready SECONDS: until the node is Ready and names resolve.
kind_ready() {
  kind_complete \
    && kube wait --for=condition=Ready node --all --timeout="$1s" >/dev/null 2>&1 \
    && kube -n kube-system rollout status deployment/coredns --timeout="$1s" >/dev/null 2>&1
}

kind_up() {
  kind_possible || fail "CLUSTER=kind needs Docker or Podman, and neither answers"
  lock "$kind_folder.lock"
  if kind_ready 5; then
    say "the cluster $name runs already (kind)"
    return
  fi
  say "creating the cluster $name with kind"
  mkdir -p "$kind_folder"
  kind_command delete cluster --name "$name" --kubeconfig "$kind_folder/kubeconfig" 2>/dev/null || true
  rm -f "$kind_folder/kubeconfig"
  # kind writes the kubeconfig last.
  waiting "creating the cluster" kind_command create cluster --name "$name" --kubeconfig "$kind_folder/kubeconfig" --wait 180s \
    ${KIND_NODE_IMAGE:+--image "$KIND_NODE_IMAGE"}
  waiting "waiting for the cluster" kind_ready 120 \
    || fail "the cluster $name did not become ready; \`cluster logs\` collects its logs, \`cluster down\` removes it"
  say "the cluster $name is ready (kind)"
}

kind_down() {
  kind_exists || {
    say "there is no cluster $name"
    return
  }
  lock "$kind_folder.lock"
  kind_command delete cluster --name "$name" --kubeconfig "$kind_folder/kubeconfig"
  rm -rf "$kind_folder" "$kind_folder.lock"
  rmdir --ignore-fail-on-non-empty "$kind_clusters" 2>/dev/null || true
  say "the cluster $name is gone"
}

kind_load_image() {
  kind_complete || fail "the cluster $name is not up"
  kind_command load image-archive --name "$name" "$@"
  say "loaded ${*##*/}"
}

kind_registry() { :; }

kind_kubeconfig() {
  kind_complete || fail "the cluster $name is not up"
  echo "$kind_folder/kubeconfig"
}

kind_logs() { kind_command export logs --name "$name" "$1/node" || true; }

kind_status() {
  kind_complete || fail "the cluster $name is not up"
  kube get nodes -o wide
  kind_ready 5
}
