# shellcheck shell=bash
# Provider "kind": Kubernetes in Docker or Podman.

kind_clusters=$cache/kind-clusters
kind_folder=$kind_clusters/$name

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

kind_exists() { [[ -e $kind_folder/kubeconfig ]]; }

kind_install() { GOBIN=$1 go install "sigs.k8s.io/kind@$KIND_VERSION"; }

# kind_command ARGUMENT...: kind itself, the machine's or one that is built for the purpose
kind_command() {
  local kind engine
  engine=$(kind_engine) || fail "the cluster $name is to run in Docker or Podman, and neither answers"
  if ! kind=$(command -v kind); then
    kind=$(cached kind "$KIND_VERSION" "building kind $KIND_VERSION" kind_install)/kind
  fi
  KIND_EXPERIMENTAL_PROVIDER=$engine "$kind" "$@"
}

kind_ready() { kube --request-timeout=5s wait --for=condition=Ready node --all --timeout=5s >/dev/null 2>&1; }

kind_up() {
  kind_possible || fail "CLUSTER=kind needs Docker or Podman, and neither answers"
  mkdir -p "$kind_folder"
  exec 9>"$kind_folder/lock"
  flock 9
  if kind_exists && kind_ready; then
    say "the cluster $name runs already (kind)"
    return
  fi
  say "creating the cluster $name with kind"
  kind_command delete cluster --name "$name" --kubeconfig "$kind_folder/making" 2>/dev/null || true
  waiting "creating the cluster" kind_command create cluster --name "$name" --kubeconfig "$kind_folder/making" --wait 180s
  mv "$kind_folder/making" "$kind_folder/kubeconfig"
  say "the cluster $name is ready (kind)"
}

kind_down() {
  kind_exists || {
    say "there is no cluster $name"
    return
  }
  kind_command delete cluster --name "$name" --kubeconfig "$kind_folder/kubeconfig"
  rm -rf "$kind_folder"
}

kind_load_image() {
  local tar
  for tar in "$@"; do kind_command load image-archive --name "$name" "$tar"; done
}

kind_registry() { :; }

kind_kubeconfig() {
  kind_exists || fail "the cluster $name is not up"
  echo "$kind_folder/kubeconfig"
}

kind_logs() { kind_command export logs --name "$name" "$1/node" || true; }

kind_status() {
  kind_exists || fail "the cluster $name is not up"
  kube get nodes -o wide
}
