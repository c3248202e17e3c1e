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

crane_install() { GOBIN=$1 CGO_ENABLED=0 go install "github.com/google/go-containerregistry/cmd/crane@$CRANE_VERSION"; }

# image_name TAR: the name that the archive gives its image
image_name() { tar -xOf "$1" manifest.json | grep -o '"RepoTags":\["[^"]*' | cut -d'"' -f4; }

# A cluster that a provider of ours made (CLUSTER=current with its kubeconfig) takes images as it always does. A stranger's
# nodes are out of reach: it pulls from a registry.
current_load_image() {
  local folder tar crane image
  for folder in "$local_clusters" "$kind_clusters"; do
    if [[ ${KUBECONFIG:-} == "$folder"/*/kubeconfig ]]; then
      image=${KUBECONFIG#"$folder"/}
      TOCSIN_CLUSTER=${image%%/*} CLUSTER='' "$here/cluster" load-image "$@"
      return
    fi
  done
  [[ -n ${TOCSIN_REGISTRY:-} ]] \
    || fail "images cannot be loaded into a cluster that is not ours: set TOCSIN_REGISTRY to a registry that it pulls from" \
      "and that you may push to (registry.example.com/team); they are pushed there, and the chart is installed with imageRegistry"
  crane=$(cached crane "$CRANE_VERSION" "building crane $CRANE_VERSION" crane_install)/crane
  for tar in "$@"; do
    image=${TOCSIN_REGISTRY%/}/$(image_name "$tar")
    say "pushing $image"
    waiting "pushing $image" "$crane" push "$tar" "$image" >/dev/null
  done
}

current_registry() {
  case ${KUBECONFIG:-} in
    "$local_clusters"/* | "$kind_clusters"/*) ;;
    *) [[ -z ${TOCSIN_REGISTRY:-} ]] || echo "${TOCSIN_REGISTRY%/}" ;;
  esac
}

current_kubeconfig() { echo "${KUBECONFIG:-$HOME/.kube/config}"; }

current_logs() { :; }

current_status() { current_kubectl get nodes -o wide; }
