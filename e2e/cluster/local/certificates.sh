# shellcheck shell=bash
# One authority, a key and a certificate for each component, and kubeconfigs that carry them.

certificates=$state/certificates

certificates_create() {
  local user
  # In the background, since errexit is off in whatever is followed by ||.
  certificates_make >"$state/logs/certificates.log" 2>&1 &
  wait "$!" || fail "openssl failed: $(tail -n 3 "$state/logs/certificates.log")"
  for user in kubelet kube-controller-manager kube-scheduler kube-proxy coredns; do
    certificates_kubeconfig "$user" >"$state/configuration/$user.kubeconfig"
  done
  # Renamed, so that whoever sees the file sees it whole.
  (umask 077 && certificates_kubeconfig admin >"$state/kubeconfig.making")
  mv "$state/kubeconfig.making" "$state/kubeconfig"
}

certificates_make() {
  cd "$certificates"
  openssl ecparam -name prime256v1 -genkey -noout -out ca.key
  openssl req -x509 -new -key ca.key -subj "/CN=tocsin-$name" -days 365 -out ca.crt
  # Keys of ServiceAccount tokens.
  openssl genrsa -out service-accounts.key 2048
  openssl rsa -in service-accounts.key -pubout -out service-accounts.pub
  certificate apiserver /CN=kube-apiserver \
    "IP:$node_ip,IP:$api_service_ip,IP:127.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
  certificate apiserver-to-kubelet /O=system:masters/CN=kube-apiserver-kubelet-client
  certificate kubelet "/O=system:nodes/CN=system:node:$name" "IP:$node_ip,DNS:$name"
  certificate kube-controller-manager /CN=system:kube-controller-manager "IP:$node_ip,IP:127.0.0.1"
  certificate kube-scheduler /CN=system:kube-scheduler "IP:$node_ip,IP:127.0.0.1"
  certificate kube-proxy /CN=system:kube-proxy
  certificate coredns /CN=system:coredns
  # Java's Kubernetes clients read a key of an elliptic curve only with a further library.
  openssl genrsa -out admin.key 2048
  certificate admin /O=system:masters/CN=admin
}

# certificate FILE SUBJECT [SUBJECT-ALTERNATIVE-NAMES]: for the key in FILE.key, which is made when there is none
certificate() {
  [[ -e $1.key ]] || openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  {
    echo "keyUsage=digitalSignature"
    echo "extendedKeyUsage=serverAuth,clientAuth"
    [[ -z ${3:-} ]] || echo "subjectAltName=$3"
  } >"$1.extensions"
  openssl req -new -key "$1.key" -subj "$2" \
    | openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -extfile "$1.extensions" -out "$1.crt"
}

certificates_kubeconfig() {
  cat <<END
apiVersion: v1
kind: Config
clusters:
  - name: $name
    cluster:
      server: https://$node_ip:6443
      certificate-authority-data: $(base64 -w0 "$certificates/ca.crt")
users:
  - name: $1
    user:
      client-certificate-data: $(base64 -w0 "$certificates/$1.crt")
      client-key-data: $(base64 -w0 "$certificates/$1.key")
contexts:
  - name: $name
    context: {cluster: $name, user: $1}
current-context: $name
END
}
