# shellcheck shell=bash
# What runs on the node, with its configuration. Settings without a comment say what Kubernetes' own documentation advises.

pause_image=tocsin/pause:1
configuration=$state/configuration

# components_start: whatever does not run. Those that end when there is no API server wait for it.
components_start() {
  components_configure
  components_etcd
  components_apiserver
  node_start containerd containerd --config "$configuration/containerd.toml"
  components_pause_image
  components_wait_apiserver
  components_controllers
  node_start kubelet "$state/bin/kubelet" --config="$configuration/kubelet.yaml" --kubeconfig="$configuration/kubelet.kubeconfig" \
    --hostname-override="$name" --node-ip="$node_ip" --root-dir=/var/lib/kubelet
  node_start kube-proxy "$state/bin/kube-proxy" --config="$configuration/kube-proxy.yaml"
  node_start coredns "$state/bin/coredns" -conf "$configuration/Corefile"
  components_dns_service | components_retry local_kube apply --server-side --force-conflicts -f - >/dev/null
}

components_controllers() {
  node_start kube-controller-manager "$state/bin/kube-controller-manager" \
    --kubeconfig="$configuration/kube-controller-manager.kubeconfig" \
    --authentication-kubeconfig="$configuration/kube-controller-manager.kubeconfig" \
    --authorization-kubeconfig="$configuration/kube-controller-manager.kubeconfig" \
    --tls-cert-file="$certificates/kube-controller-manager.crt" --tls-private-key-file="$certificates/kube-controller-manager.key" \
    --root-ca-file="$certificates/ca.crt" --service-account-private-key-file="$certificates/service-accounts.key" \
    --cluster-signing-cert-file="$certificates/ca.crt" --cluster-signing-key-file="$certificates/ca.key" \
    --use-service-account-credentials --leader-elect=false
  node_start kube-scheduler "$state/bin/kube-scheduler" \
    --kubeconfig="$configuration/kube-scheduler.kubeconfig" \
    --authentication-kubeconfig="$configuration/kube-scheduler.kubeconfig" \
    --authorization-kubeconfig="$configuration/kube-scheduler.kubeconfig" \
    --tls-cert-file="$certificates/kube-scheduler.crt" --tls-private-key-file="$certificates/kube-scheduler.key" \
    --leader-elect=false
}

components_etcd() {
  # No fsync: the cluster is for tests, and a machine that dies takes it along anyway.
  node_start etcd "$state/bin/etcd" --name=node --data-dir="$state/etcd" --unsafe-no-fsync --log-level=warn \
    --quota-backend-bytes=4294967296 \
    --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
    --listen-peer-urls=http://127.0.0.1:2380 --initial-advertise-peer-urls=http://127.0.0.1:2380 \
    --initial-cluster=node=http://127.0.0.1:2380
}

components_apiserver() {
  # Kubelets are called by address: their names are in no DNS, and the attempt would hang logs and exec.
  node_start kube-apiserver "$state/bin/kube-apiserver" \
    --advertise-address="$node_ip" --secure-port=6443 --etcd-servers=http://127.0.0.1:2379 \
    --service-cluster-ip-range="$service_cidr" --allow-privileged \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --client-ca-file="$certificates/ca.crt" \
    --tls-cert-file="$certificates/apiserver.crt" --tls-private-key-file="$certificates/apiserver.key" \
    --kubelet-certificate-authority="$certificates/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --kubelet-client-certificate="$certificates/apiserver-to-kubelet.crt" \
    --kubelet-client-key="$certificates/apiserver-to-kubelet.key" \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-key-file="$certificates/service-accounts.pub" \
    --service-account-signing-key-file="$certificates/service-accounts.key"
}

components_wait_apiserver() {
  local deadline=$((SECONDS + 300))
  until local_kube get --raw /readyz >/dev/null; do
    node_process_alive kube-apiserver || fail "the API server ended; its log is $state/logs/kube-apiserver.log"
    ((SECONDS < deadline)) || fail "the API server does not become ready; its log is $state/logs/kube-apiserver.log"
    sleep 0.3
  done
}

# components_retry COMMAND...: with the same standard input, until it succeeds
components_retry() {
  local input tries
  input=$(cat)
  for tries in {1..20}; do
    "$@" <<<"$input" && return
    sleep 0.5
  done
  fail "gave up after $tries tries: $*"
}

components_pause_image() {
  local deadline=$((SECONDS + 60)) made
  until [[ -S $run/containerd.sock ]] && node_ctr version >/dev/null 2>&1; do
    ((SECONDS < deadline)) || fail "containerd does not answer; its log is $state/logs/containerd.log"
    sleep 0.1
  done
  made=$(cached pause "$(key "$here/local/pause.go" "$top/operator/image/scratch-image")" "building the pause image" components_make_pause)
  node_load_image <"$made/pause.tar"
}

components_make_pause() {
  mkdir "$1/rootfs" \
    && CGO_ENABLED=0 GOFLAGS='' GOWORK=off go build -trimpath -ldflags '-s -w' -o "$1/rootfs/pause" "$here/local/pause.go" \
    && "$top/operator/image/scratch-image" --name "$pause_image" --entrypoint '["/pause"]' --user 65535 --layer "$1/rootfs" --out "$1/pause.tar"
}

# Where the host's folders are an overlay themselves (in a container), an overlay on top is refused.
components_snapshotter() {
  if [[ $(stat -f -c %T "$state") == overlayfs ]]; then echo native; else echo overlayfs; fi
}

components_configure() {
  mkdir -p "$configuration/cni"
  network_cni_configuration >"$configuration/cni/tocsin.conflist"
  components_containerd_configuration >"$configuration/containerd.toml"
  components_kubelet_configuration >"$configuration/kubelet.yaml"
  components_proxy_configuration >"$configuration/kube-proxy.yaml"
  components_corefile >"$configuration/Corefile"
  # The host's may name a server that the node cannot reach.
  echo "nameserver $dns_service_ip" >"$configuration/resolv.conf"
}

components_containerd_configuration() {
  # restrict_oom_score_adj: without CAP_SYS_RESOURCE runc could not make the score better than its own, and dies of it.
  cat <<END
version = 2
root = "$state/containerd"
state = "$run/containerd"
[grpc]
  address = "$run/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$pause_image"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$(machine_cni_folder)"
    conf_dir = "$state/configuration/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "$(components_snapshotter)"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
END
}

components_kubelet_configuration() {
  cat <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix://$run/containerd.sock
clusterDomain: cluster.local
clusterDNS: [$dns_service_ip]
resolvConf: $state/configuration/resolv.conf
tlsCertFile: $certificates/kubelet.crt
tlsPrivateKeyFile: $certificates/kubelet.key
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $certificates/ca.crt}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup_name
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
# Images come by load-image and could not be pulled again, so none is ever collected.
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
# The disk is the developer's: pods are only evicted when it is really full.
evictionHard: {memory.available: 50Mi, nodefs.available: 100Mi, imagefs.available: 100Mi}
maxPods: 200
END
}

components_proxy_configuration() {
  cat <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clusterCIDR: $pod_cidr
hostnameOverride: $name
clientConnection: {kubeconfig: $state/configuration/kube-proxy.kubeconfig}
# The host's limits of connection tracking are not ours to change.
conntrack: {maxPerCore: 0, min: 0}
iptables: {minSyncPeriod: 100ms}
oomScoreAdj: 0
END
}

# CoreDNS is a process of the node and not a pod: names resolve before the first pod runs.
components_corefile() {
  cat <<END
.:53 {
    bind $node_ip
    ready $node_ip:8181
    errors
    cache 5
    loadbalance
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        kubeconfig $state/configuration/coredns.kubeconfig
        pods insecure
    }
}
END
}

components_dns_service() {
  cat <<END
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec:
  clusterIP: $dns_service_ip
  ports:
    - {name: dns, port: 53, protocol: UDP}
    - {name: dns-tcp, port: 53, protocol: TCP}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kube-dns, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}
addressType: IPv4
endpoints: [{addresses: [$node_ip], conditions: {ready: true}}]
ports:
  - {name: dns, port: 53, protocol: UDP}
  - {name: dns-tcp, port: 53, protocol: TCP}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: system:coredns}
rules:
  - {apiGroups: [""], resources: [services, pods, namespaces, nodes], verbs: [get, list, watch]}
  - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: system:coredns}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:coredns}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: system:coredns}]
END
}
