# shellcheck shell=bash
# Provider "local": a real single-node Kubernetes from parts, for machines without Docker: Debian's containerd, runc and
# CNI plugins, and Kubernetes built from its Go modules (e2e/tools). It lives in a network namespace of its own with a
# veth pair to the machine, so that nothing of it collides with the machine or with a second cluster.
#
# Everything that it is lies in one folder; the network namespace, the interface and the mounts bear its name.

local_home=/var/lib/tocsin-clusters
local_root=$local_home/$name
local_netns=tocsin-$name
local_node=node
local_dns=10.96.0.10
local_services=10.96.0.0/16
local_api_port=6443

local_exists() { [[ -e $local_root/number ]]; }

local_kubeconfig() {
  [[ -e $local_root/kubeconfig ]] || fail "the cluster $name is not up; make cluster-up starts it"
  echo "$local_root/kubeconfig"
}

# --- what the machine must have ---

local_need_machine() {
  [[ $(uname -s) == Linux ]] || fail "a local cluster needs Linux; elsewhere use Docker with kind, or CLUSTER=current"
  ((EUID == 0)) || fail "a local cluster needs root (network namespaces, mounts); or use Docker with kind, or CLUSTER=current"
  local package missing=()
  for package in containerd runc containernetworking-plugins iptables conntrack iproute2 openssl kmod; do
    local_has "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null \
    || fail "a local cluster needs ${missing[*]}, and there is no apt-get to install them with"
  say "installing ${missing[*]}"
  mkdir -p "$local_home"
  waiting "installing Debian packages" local_install "${missing[@]}" >"$local_home/apt.log" 2>&1 \
    || fail "installing ${missing[*]} did not work; apt's words are in $local_home/apt.log"
}

local_install() {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

local_has() {
  case $1 in
    containernetworking-plugins) [[ -x /usr/lib/cni/bridge ]] ;;
    iproute2) command -v ip >/dev/null ;;
    kmod) command -v modprobe >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# --- processes: a pid file holds pid and start time, so that a pid that was given to another is never killed ---

local_start_time() { awk '{print $22}' "/proc/$1/stat" 2>/dev/null; }

local_alive() {
  local pid started
  [[ -r $local_root/pids/$1 ]] && read -r pid started <"$local_root/pids/$1" || return 1
  [[ -n $started && $(local_start_time "$pid") == "$started" ]]
}

# local_run NAME COMMAND...: in the cluster's network namespace, detached, its output in logs/NAME.log
local_run() {
  local what=$1 pid
  shift
  local_alive "$what" && return
  # nsenter and not "ip netns exec", which remounts /sys and hides the cgroups from the kubelet.
  setsid nsenter --net="/run/netns/$local_netns" "$@" >>"$local_root/logs/$what.log" 2>&1 </dev/null 9>&- &
  pid=$!
  printf '%s %s\n' "$pid" "$(local_start_time "$pid")" >"$local_root/pids/.$what"
  mv "$local_root/pids/.$what" "$local_root/pids/$what"
}

local_stop() {
  local pid started i
  [[ -r $local_root/pids/$1 ]] && read -r pid started <"$local_root/pids/$1" || return 0
  if local_alive "$1"; then
    kill "$pid" 2>/dev/null || true
    for ((i = 0; i < 50; i++)); do
      local_alive "$1" || break
      sleep 0.1
    done
    ! local_alive "$1" || kill -9 "$pid" 2>/dev/null || true
  fi
  rm -f "$local_root/pids/$1"
}

# local_until SECONDS TEXT COMMAND...
local_until() {
  local end=$((SECONDS + $1)) text=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || fail "the cluster $name does not come up: $text is still not so; see $local_root/logs"
    sleep 0.2
  done
}

# --- network ---

# The cluster's number decides its addresses: the smallest that no other cluster has.
local_take_number() {
  local_exists && return
  local number=1
  while grep -qsx "$number" "$local_home"/*/number; do number=$((number + 1)); done
  ((number < 250)) || fail "there are 249 clusters already in $local_home"
  mkdir -p "$local_root"
  echo "$number" >"$local_root/number"
}

local_addresses() {
  number=$(<"$local_root/number")
  host_ip=10.77.$number.1
  node_ip=10.77.$number.2
  pods=10.78.$number.0/24
  veth=tocsin-$number
}

local_network_up() {
  modprobe -q -a br_netfilter overlay ip_tables nf_nat xt_conntrack 2>/dev/null || true
  [[ -e /run/netns/$local_netns ]] || ip netns add "$local_netns"
  if ! ip link show "$veth" >/dev/null 2>&1; then
    ip link add "$veth" type veth peer name node0 netns "$local_netns"
  fi
  ip addr replace "$host_ip/24" dev "$veth"
  ip link set "$veth" up
  ip -n "$local_netns" link set lo up
  ip -n "$local_netns" addr replace "$node_ip/24" dev node0
  ip -n "$local_netns" link set node0 up
  ip -n "$local_netns" route replace default via "$host_ip"
  # The machine itself can reach pods, as a node of the network could.
  ip route replace "$pods" via "$node_ip"
  nsenter --net="/run/netns/$local_netns" sh -c '
    echo 1 >/proc/sys/net/ipv4/ip_forward
    echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables' 2>/dev/null || true
}

local_network_down() {
  ip route del "$pods" via "$node_ip" 2>/dev/null || true
  ip link del "$veth" 2>/dev/null || true
  [[ ! -e /run/netns/$local_netns ]] || ip netns del "$local_netns"
}

# --- certificates and kubeconfigs ---

# local_certificate FILE SUBJECT USAGE [SAN]
local_certificate() {
  local file=$local_root/pki/$1 extensions="extendedKeyUsage=$3"
  [[ -z ${4:-} ]] || extensions+=$'\n'"subjectAltName=$4"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$file.key" -subj "$2" -out "$file.csr" 2>/dev/null
  openssl x509 -req -in "$file.csr" -CA "$local_root/pki/ca.crt" -CAkey "$local_root/pki/ca.key" -CAcreateserial -days 3650 \
    -extfile <(printf '%s\n' "$extensions") -out "$file.crt" 2>/dev/null
}

# local_write_kubeconfig FILE CERTIFICATE: one file that holds all that it needs
local_write_kubeconfig() {
  cat >"$1" <<END
apiVersion: v1
kind: Config
clusters: [{name: $name, cluster: {server: "https://$node_ip:$local_api_port", certificate-authority-data: $(base64 -w0 "$local_root/pki/ca.crt")}}]
users: [{name: $2, user: {client-certificate-data: $(base64 -w0 "$local_root/pki/$2.crt"), client-key-data: $(base64 -w0 "$local_root/pki/$2.key")}}]
contexts: [{name: $name, context: {cluster: $name, user: $2}}]
current-context: $name
END
}

local_pki() {
  [[ ! -e $local_root/pki/done ]] || return 0
  rm -rf "$local_root/pki"
  mkdir -p "$local_root/pki"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$local_root/pki/ca.key" \
    -subj "/CN=tocsin-$name" -days 3650 -out "$local_root/pki/ca.crt" 2>/dev/null
  openssl genrsa -out "$local_root/pki/sa.key" 2048 2>/dev/null
  local_certificate apiserver /CN=kube-apiserver serverAuth \
    "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:10.96.0.1,IP:127.0.0.1,IP:$node_ip"
  local_certificate admin /O=system:masters/CN=admin clientAuth
  local_certificate kubelet "/O=system:nodes/CN=system:node:$local_node" clientAuth
  local_certificate kubelet-server "/CN=$local_node" serverAuth "DNS:$local_node,IP:$node_ip"
  touch "$local_root/pki/done"
}

# --- the parts ---

local_write_configuration() {
  mkdir -p "$local_root"/{logs,pids,cni,kubelet,containerd}
  cat >"$local_root/containerd.toml" <<END
version = 2
root = "$local_root/containerd/root"
state = "$local_root/containerd/state"
[grpc]
  address = "$local_root/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "tocsin/pause:1"
  # The machine may lack CAP_SYS_RESOURCE: without this runc dies with "can't get final child's PID from pipe".
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$local_root/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "$(local_snapshotter)"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "$local_root/runc"
END
  cat >"$local_root/cni/10-tocsin.conflist" <<END
{"cniVersion": "0.4.0", "name": "tocsin", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$local_root/cni/addresses", "ranges": [[{"subnet": "$pods"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
END
  cat >"$local_root/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $node_ip
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $local_root/pki/ca.crt}}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: /$local_netns
failCgroupV1: false
failSwapOn: false
clusterDNS: [$local_dns]
clusterDomain: cluster.local
containerRuntimeEndpoint: unix://$local_root/containerd.sock
resolvConf: $local_root/resolv.conf
tlsCertFile: $local_root/pki/kubelet-server.crt
tlsPrivateKeyFile: $local_root/pki/kubelet-server.key
podLogsDir: $local_root/pod-logs
evictionHard: {memory.available: 64Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1%}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
serializeImagePulls: false
maxPods: 240
kubeAPIQPS: 100
kubeAPIBurst: 200
END
  echo "nameserver 127.0.0.1" >"$local_root/resolv.conf"
  cat >"$local_root/kube-proxy.yaml" <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clusterCIDR: $pods
hostnameOverride: $local_node
bindAddress: $node_ip
healthzBindAddress: $node_ip:10256
metricsBindAddress: 127.0.0.1:10249
conntrack: {maxPerCore: 0, min: 0}
iptables: {minSyncPeriod: 200ms}
clientConnection: {kubeconfig: $local_root/kubeconfig}
END
  cat >"$local_root/Corefile" <<END
.:53 {
  bind $node_ip
  errors
  ready $node_ip:8181
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $local_root/kubeconfig
    ttl 5
  }
  cache 5
  loadbalance
}
END
}

# A kubelet ends every pod below its cgroup that it does not know: each cluster needs a cgroup of its own.
local_cgroups_up() {
  local controller folder file
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    mkdir -p "/sys/fs/cgroup/$local_netns"
    sed 's/[^ ]*/+&/g' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
    return
  fi
  for controller in /sys/fs/cgroup/*/; do
    folder=$controller$local_netns
    mkdir -p "$folder"
    # A new cpuset is empty, and nothing can run in it.
    for file in cpuset.mems cpuset.cpus; do
      [[ ! -e $folder/$file || -n $(<"$folder/$file") ]] || cat "$controller$file" >"$folder/$file"
    done
  done
}

# A file system that overlays cannot be made on still holds containers, only slower.
local_snapshotter() {
  local probe=$local_root/.overlay ok=native
  mkdir -p "$probe"/{lower,upper,work,merged}
  if mount -t overlay overlay -o "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/work" "$probe/merged" 2>/dev/null; then
    umount "$probe/merged"
    ok=overlayfs
  fi
  rm -rf "$probe"
  echo "$ok"
}

local_control_plane_up() {
  local_run etcd "$tools/etcd" --name=node --data-dir="$local_root/etcd" --unsafe-no-fsync \
    --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
    --listen-peer-urls=http://127.0.0.1:2380 --initial-advertise-peer-urls=http://127.0.0.1:2380 \
    --initial-cluster=node=http://127.0.0.1:2380 --quota-backend-bytes=4294967296 --log-level=warn
  local_run kube-apiserver "$tools/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
    --advertise-address="$node_ip" --bind-address=0.0.0.0 --secure-port=$local_api_port \
    --tls-cert-file="$local_root/pki/apiserver.crt" --tls-private-key-file="$local_root/pki/apiserver.key" \
    --client-ca-file="$local_root/pki/ca.crt" --cert-dir="$local_root/pki" \
    --service-account-key-file="$local_root/pki/sa.key" --service-account-signing-key-file="$local_root/pki/sa.key" \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --kubelet-client-certificate="$local_root/pki/admin.crt" --kubelet-client-key="$local_root/pki/admin.key" \
    --kubelet-certificate-authority="$local_root/pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --service-cluster-ip-range=$local_services --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --allow-privileged --max-requests-inflight=1600 --max-mutating-requests-inflight=800
  local_until 90 "the API server is ready" kube --request-timeout=2s get --raw /readyz
  local_run kube-controller-manager "$tools/kube-controller-manager" --kubeconfig="$local_root/kubeconfig" \
    --service-account-private-key-file="$local_root/pki/sa.key" --root-ca-file="$local_root/pki/ca.crt" \
    --use-service-account-credentials --leader-elect=false --cluster-name="$name" --cert-dir="$local_root/pki" \
    --node-monitor-grace-period=40s
  local_run kube-scheduler "$tools/kube-scheduler" --kubeconfig="$local_root/kubeconfig" --leader-elect=false --cert-dir="$local_root/pki"
}

local_node_up() {
  local_run containerd containerd --config "$local_root/containerd.toml"
  local_until 30 "containerd answers" local_ctr version
  local_load_pause
  local_run kubelet "$tools/kubelet" --config="$local_root/kubelet.yaml" --kubeconfig="$local_root/kubelet.kubeconfig" \
    --root-dir="$local_root/kubelet" --hostname-override="$local_node" --node-ip="$node_ip" --cert-dir="$local_root/pki"
  local_run kube-proxy "$tools/kube-proxy" --config="$local_root/kube-proxy.yaml"
  local_run coredns "$tools/coredns" -conf "$local_root/Corefile"
  kube apply --server-side --force-conflicts -f - >/dev/null <<END
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec:
  clusterIP: $local_dns
  ports:
  - {name: dns, port: 53, protocol: UDP}
  - {name: dns-tcp, port: 53, protocol: TCP}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kube-dns, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}
addressType: IPv4
ports:
- {name: dns, port: 53, protocol: UDP}
- {name: dns-tcp, port: 53, protocol: TCP}
endpoints: [{addresses: ["$node_ip"], conditions: {ready: true}}]
END
  local_until 60 "the node is Ready" local_node_ready
  local_until 30 "the DNS server is ready" curl -fsS "http://$node_ip:8181/ready"
  local_until 30 "the default service account exists" kube get serviceaccount default
}

local_node_ready() {
  [[ $(kube get node "$local_node" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') == True ]]
}

local_ctr() { ctr --address "$local_root/containerd.sock" --namespace k8s.io "$@"; }

local_load_pause() {
  [[ -z $(local_ctr images ls -q 'name~=pause') ]] || return 0
  local made
  made=$(cached pause "$(key "$here/pause.go" "$top/operator/image/scratch-image")" "building the pause image" local_build_pause)
  local_ctr images import "$made/pause.tar" >/dev/null
}

local_build_pause() {
  mkdir "$1/rootfs"
  CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$1/rootfs/pause" "$here/pause.go"
  "$top/operator/image/scratch-image" --name tocsin/pause:1 --entrypoint '["/pause"]' --user 65535 --layer "$1/rootfs" --out "$1/pause.tar"
}

# --- the interface ---

local_parts=(coredns kube-proxy kubelet kube-scheduler kube-controller-manager kube-apiserver etcd containerd)

local_healthy() {
  local part
  [[ -e $local_root/kubeconfig ]] || return 1
  for part in "${local_parts[@]}"; do local_alive "$part" || return 1; done
  kube --request-timeout=3s get --raw /readyz && local_node_ready
}

local_up() {
  local_need_machine
  mkdir -p "$local_home"
  exec 9>"$local_home/.lock"
  flock --nonblock 9 || { say "waiting for another process that works on a cluster"; flock 9; }
  if local_exists && local_healthy >/dev/null 2>&1; then
    say "the cluster $name runs already"
    return
  fi
  "$here/../tools/build" control-plane
  say "starting the cluster $name"
  local_take_number
  local_addresses
  # What is left of containers that a killed containerd or kubelet does not know any more would be in the way.
  local_alive containerd && local_alive kubelet || local_remove_containers
  local_network_up
  local_cgroups_up
  local_pki
  local_write_configuration
  local_write_kubeconfig "$local_root/kubelet.kubeconfig" kubelet
  local_write_kubeconfig "$local_root/kubeconfig" admin
  local_control_plane_up
  say "the API server is ready"
  local_node_up
  say "the cluster $name is ready: export KUBECONFIG=$local_root/kubeconfig"
}

# Containers outlive containerd and kubelet: their shims are found by the folder in which they keep their sockets' names.
local_remove_containers() {
  local pid
  for pid in $(local_shims); do
    local_kill_tree "$pid"
  done
  local mount
  while read -r mount; do umount -l "$mount" 2>/dev/null || true; done < <(local_mounts)
}

# The network namespaces of the pods, which the CNI plugins leave behind when nobody asks them to remove them.
local_pod_networks() {
  local container
  for container in $(local_ctr containers ls -q 2>/dev/null); do
    local_ctr containers info "$container" | grep -o 'netns/cni-[0-9a-f-]*' || true
  done | sort -u | cut -d/ -f2
}

local_shims() {
  local entry
  for entry in /proc/[0-9]*; do
    [[ $(tr '\0' ' ' <"$entry/cmdline" 2>/dev/null) == *containerd-shim*"-address $local_root/containerd.sock"* ]] && echo "${entry#/proc/}"
  done
  return 0
}

local_kill_tree() {
  local child
  for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do local_kill_tree "$child"; done
  kill -9 "$1" 2>/dev/null || true
}

local_mounts() { awk -v root="$local_root/" 'index($2, root) == 1 {print $2}' /proc/mounts | sort -r; }

local_down() {
  ((EUID == 0)) || fail "taking down a local cluster needs root"
  if ! local_exists; then
    say "the cluster $name is not there"
    return
  fi
  exec 9>"$local_home/.lock"
  flock 9
  local_addresses
  say "taking down the cluster $name"
  local part pod_networks
  pod_networks=$(local_pod_networks)
  for part in kubelet kube-proxy coredns; do local_stop "$part"; done
  local_remove_containers
  for part in $pod_networks; do ip netns del "$part" 2>/dev/null || true; done
  for part in "${local_parts[@]}"; do local_stop "$part"; done
  local_remove_containers
  local_network_down
  rm -rf "$local_root"
  local_remove_cgroups
  rmdir "$local_home" 2>/dev/null || true
  say "nothing is left of the cluster $name"
}

local_remove_cgroups() {
  local folder
  for folder in /sys/fs/cgroup/*/"$local_netns" /sys/fs/cgroup/"$local_netns"; do
    [[ ! -d $folder ]] || find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
}

local_load_image() {
  local_exists || fail "the cluster $name is not up"
  local tar
  for tar in "$@"; do local_ctr images import "$tar" >/dev/null; done
}

local_logs() {
  cp -r "$local_root/logs" "$1/components" 2>/dev/null || true
}

local_status() {
  local_exists || fail "the cluster $name is not up"
  local part broken=0
  for part in "${local_parts[@]}"; do
    if local_alive "$part"; then printf '%-24s runs\n' "$part"; else printf '%-24s is down\n' "$part"; broken=1; fi
  done
  kube get nodes -o wide || broken=1
  return "$broken"
}
