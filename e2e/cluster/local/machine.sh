# shellcheck shell=bash
# What the machine must have for the local cluster: checked, and where apt can help, installed.

cni_folders=(/usr/lib/cni /opt/cni/bin /usr/libexec/cni)

machine_check() {
  local how="use Docker or Podman (CLUSTER=kind), or an existing cluster (CLUSTER=current with KUBECONFIG)"
  [[ $(uname -s) == Linux ]] || fail "the local cluster needs Linux; here, $how"
  ((EUID == 0)) || fail "the local cluster needs root, to make namespaces: run it with sudo, or $how"
  unshare --net --mount true 2>/dev/null || fail "this machine does not let root make namespaces, probably because it is an unprivileged container; $how"
}

# The folder of the CNI plugins, wherever the distribution puts it.
machine_cni_folder() {
  local folder
  for folder in "${cni_folders[@]}"; do
    [[ ! -x $folder/ptp ]] || { echo "$folder" && return; }
  done
  return 1
}

machine_missing_packages() {
  local command package
  while read -r command package; do
    command -v "$command" >/dev/null || echo "$package"
  done <<'END'
containerd containerd
ctr containerd
runc runc
iptables iptables
ip iproute2
nsenter util-linux
openssl openssl
END
  machine_cni_folder >/dev/null || echo containernetworking-plugins
}

machine_install_packages() {
  local missing
  mapfile -t missing < <(machine_missing_packages | sort -u)
  ((${#missing[@]} > 0)) || return 0
  command -v apt-get >/dev/null || fail "the local cluster needs these, and there is no apt-get to install them: ${missing[*]}"
  say "installing Debian packages: ${missing[*]}"
  waiting "installing packages" machine_apt "${missing[@]}" >&2 || fail "apt-get could not install ${missing[*]}"
  mapfile -t missing < <(machine_missing_packages)
  ((${#missing[@]} == 0)) || fail "still missing after the installation: ${missing[*]}"
}

machine_apt() {
  local options=(-qq -o=DPkg::Lock::Timeout=300)
  export DEBIAN_FRONTEND=noninteractive
  # An installation that was interrupted is finished first; and a list of packages that is older may be enough.
  dpkg --configure -a
  apt-get "${options[@]}" install -y --no-install-recommends "$@" >/dev/null 2>&1 && return
  apt-get "${options[@]}" update && apt-get "${options[@]}" install -y --no-install-recommends "$@"
}
