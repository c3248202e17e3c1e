# shellcheck shell=bash
# Provider "current": the cluster that the caller's kubeconfig points at. It is the caller's: nothing here creates or removes it.

current_kubectl() {
  local kubectl=$tools/kubectl
  [[ -x $kubectl ]] || kubectl=kubectl
  "$kubectl" "$@"
}

# current_answers: only a KUBECONFIG that was set on purpose is taken unasked, never ~/.kube/config; and one that a
# provider of ours made (export KUBECONFIG=$(cluster kubeconfig)) means that provider's cluster, not a stranger's.
current_answers() {
  case ${KUBECONFIG:-} in
    '' | "$local_clusters"/* | "$kind_clusters"/*) return 1 ;;
  esac
  current_kubectl --request-timeout=5s get --raw /readyz >/dev/null 2>&1
}

current_up() {
  current_kubectl --request-timeout=10s get --raw /readyz >/dev/null \
    || fail "CLUSTER=current, but the cluster of the current context does not answer"
  say "using the cluster of the context $(current_kubectl config current-context)"
}

current_down() { say "the cluster of the current context is yours: left alone"; }

current_load_image() {
  fail "images cannot be loaded into a cluster that is not ours: push them to a registry that it pulls from" \
    "(for example: skopeo copy docker-archive:$1 docker://REGISTRY/NAME:TAG) and set the chart's image values"
}

current_kubeconfig() { echo "${KUBECONFIG:-$HOME/.kube/config}"; }

current_logs() { :; }

current_status() { current_kubectl get nodes -o wide; }
