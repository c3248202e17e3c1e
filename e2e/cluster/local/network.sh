# shellcheck shell=bash
# The node's cable to the host, and the numbers that keep clusters of different names apart.

service_cidr=10.96.0.0/16
api_service_ip=10.96.0.1
dns_service_ip=10.96.0.10
slots=$local_clusters/.slots # one symbolic link per number in use; it points to the name of the cluster that has it

# network_slot: prints the number of this cluster.
network_slot() {
  local link
  for link in "$slots"/*; do
    [[ $(readlink "$link") != "$name" ]] || { basename "$link" && return; }
  done
  return 1
}

# network_claim: takes the first number that neither another cluster nor the host's network uses. Making a symbolic link
# either succeeds or finds one there, so two clusters never get the same.
network_claim() {
  local slot
  mkdir -p "$slots"
  if ! network_slot >/dev/null; then
    for slot in {0..99}; do
      [[ -z $(ip -4 route show root "10.77.$slot.0/24") ]] || continue
      ln -sT "$name" "$slots/$slot" 2>/dev/null && break
    done
  fi
  network_numbers || fail "no free network of 10.77.0.0/24 to 10.77.99.0/24 for the cluster $name"
}

network_numbers() {
  local slot
  slot=$(network_slot) || return
  host_link=tocsin$slot
  host_ip=10.77.$slot.1
  node_ip=10.77.$slot.2
  pod_cidr=10.78.$slot.0/24
}

network_create() {
  ip link add "$host_link" type veth peer name eth0 netns "$run/net"
  ip address add "$host_ip/24" dev "$host_link"
  ip link set "$host_link" up
  node_enter bash -euc "
    ip link set lo up
    ip address add $node_ip/24 dev eth0
    ip link set eth0 up
    ip route add default via $host_ip
    echo 1 >/proc/sys/net/ipv4/ip_forward
    # Whatever is beyond the host has no route to the pods.
    iptables -w -t nat -A POSTROUTING -s $pod_cidr ! -d $host_ip -o eth0 -j MASQUERADE"
  # The machine itself reaches pods, as another node would.
  ip route replace "$pod_cidr" via "$node_ip"
}

network_remove() {
  if network_numbers; then
    # Before the namespace, which the kernel removes at leisure.
    ip link delete "$host_link" 2>/dev/null || true
    rm -f "$slots/${host_link#tocsin}"
  fi
  rmdir --ignore-fail-on-non-empty "$slots" 2>/dev/null || true
}

# Each pod has its own cable to the node, without a bridge: so that traffic to a Service comes by the node's iptables on
# both ways, also where the kernel has no br_netfilter.
network_cni_configuration() {
  cat <<END
{
  "cniVersion": "0.4.0",
  "name": "tocsin",
  "plugins": [
    {
      "type": "ptp",
      "mtu": 1500,
      "ipam": {"type": "host-local", "ranges": [[{"subnet": "$pod_cidr"}]], "routes": [{"dst": "0.0.0.0/0"}]}
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
END
}
