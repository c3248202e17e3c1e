# shellcheck shell=bash
# The node: namespaces, processes, images, cgroup; and the removal of all of it.

cgroup_name=tocsin-$name

node_is_complete() { [[ -e $state/complete ]] && node_is_held net && node_is_held mnt; }

# node_is_held net|mnt: whether the file still holds a namespace (after a restart of the machine it is an empty file)
node_is_held() { [[ $(stat -f -c %T "$run/$1" 2>/dev/null) == nsfs ]]; }

node_enter() { nsenter --net="$run/net" --mount="$run/mnt" "$@"; }

# node_copy_tools: the node runs copies (hard links where it can be): the cache may lie in a folder that the node does not
# see, and may be emptied while the cluster runs.
node_copy_tools() {
  local program command
  program=$(readlink -f "$tools/kubectl")
  cp --link "$program" "$state/bin/kubernetes" 2>/dev/null || cp --reflink=auto "$program" "$state/bin/kubernetes"
  for command in "${local_components[@]}" kubectl; do
    [[ $command == containerd ]] || ln -sfn kubernetes "$state/bin/$command"
  done
}

node_create() {
  # A mount namespace can only be held by a file on a mount that is private.
  mount --bind "$run" "$run"
  mount --make-private "$run"
  touch "$run/net" "$run/mnt"
  unshare --net="$run/net" --mount="$run/mnt" --propagation private true
  mkdir -p "$state"/node/{run,var-log,"var-lib/tocsin/$name"}
  # Not errexit alone: a node without its own folders would write into the host's.
  node_enter bash -euc "
    mount -t tmpfs -o mode=755 tocsin '$state/node/run'
    mkdir -p '$state/node/run/lock' '$state/node/run/tocsin/$name'
    mount --bind '$run' '$state/node/run/tocsin/$name'
    mount --bind '$state' '$state/node/var-lib/tocsin/$name'
    mount --bind '$state/node/var-log' /var/log
    mount --rbind '$state/node/run' /run
    mount --rbind '$state/node/var-lib' /var/lib
    # What the kubelet mounts for a pod reaches containers that run already, as on any node.
    mount --make-rshared /"
  node_cgroup_create
}

# The hierarchies of version 1 have a folder for each controller; version 2 has one tree, whose controllers are handed down.
node_cgroup_create() {
  local hierarchy file
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    for controller in $(</sys/fs/cgroup/cgroup.controllers); do
      echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
    done
    mkdir -p "/sys/fs/cgroup/$cgroup_name"
    return
  fi
  for hierarchy in /sys/fs/cgroup/*/; do
    mkdir -p "$hierarchy$cgroup_name"
    for file in cpuset.cpus cpuset.mems; do
      [[ ! -e $hierarchy$file ]] || cat "$hierarchy$file" >"$hierarchy$cgroup_name/$file"
    done
  done
}

node_cgroups() { find /sys/fs/cgroup -maxdepth 2 -type d -name "$cgroup_name" 2>/dev/null || true; }

# node_start COMPONENT COMMAND...: unless it runs. In a session of its own, so that it outlives this script and its
# terminal. It writes its pid and start time itself before it becomes the command, so there is no moment at which it
# runs and is not known. The lock (9) is not handed on.
node_start() {
  local component=$1
  shift
  node_process_alive "$component" && return
  # shellcheck disable=SC2016
  setsid bash -c '
    stat=$(</proc/$$/stat)
    fields=(${stat##*) })
    echo "$$ ${fields[19]}" >"$0.making"
    mv "$0.making" "$0"
    exec "$@"' "$run/pids/$component" nsenter --net="$run/net" --mount="$run/mnt" "$@" \
    </dev/null >>"$state/logs/$component.log" 2>&1 9>&- &
}

node_process_pid() { cut -d' ' -f1 "$run/pids/$1"; }

# node_process_alive COMPONENT: whether the process that we started runs, and not another that got its number since
node_process_alive() {
  local pid started stat fields
  { read -r pid started <"$run/pids/$1" && read -r stat <"/proc/$pid/stat"; } 2>/dev/null || return
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[19]:-} == "$started" && ${fields[0]} != Z ]]
}

# node_processes: the pids of everything that is in the node's namespaces, or in its pods' cgroup. Pods have namespaces of
# their own, so neither is enough alone.
node_processes() {
  local which inode tests=()
  for which in net mnt; do
    node_is_held "$which" || continue
    inode=$(stat -L -c %i "$run/$which")
    tests+=(-o -name "$which" -lname "$which:\\[$inode\\]")
  done
  # What ends while it is looked at is no failure.
  {
    ((${#tests[@]} == 0)) || find /proc/[0-9]*/ns -maxdepth 1 \( "${tests[@]:1}" \) -printf '%h\n' 2>/dev/null | cut -d/ -f3 || true
    node_cgroups | while read -r cgroup; do find "$cgroup" -name cgroup.procs -exec cat {} + 2>/dev/null || true; done
  } | sort -un
}

node_end_processes() {
  local pids tries
  for tries in {1..200}; do
    mapfile -t pids < <(node_processes)
    ((${#pids[@]} > 0)) || return 0
    # Nothing is stopped gently: all that they could save is deleted next. What a process forks meanwhile, the next round gets.
    kill -KILL "${pids[@]}" 2>/dev/null || true
    sleep 0.05
  done
  fail "processes of the cluster $name do not end: ${pids[*]} (round $tries)"
}

node_remove() {
  local mounted
  # From here on it is no cluster any more, also when this is interrupted.
  rm -f "$state/complete"
  node_end_processes
  network_remove
  node_remove_cgroups
  # The newest first, as many times as it is there.
  while read -r mounted; do
    umount -l "$mounted"
  done < <(awk -v state="$state" -v run="$run" '$5 == state || $5 == run || index($5, state "/") == 1 || index($5, run "/") == 1 {print $5}' \
    /proc/self/mountinfo | tac)
  rm -rf --one-file-system "$state" "$run"
  rmdir --ignore-fail-on-non-empty "$local_clusters" 2>/dev/null || true
}

node_ctr() { node_enter ctr --address "$run/containerd.sock" --namespace k8s.io "$@"; }

# A process that ended keeps its cgroup until its parent, or init, has taken notice.
node_remove_cgroups() {
  local tries cgroup
  for tries in {1..100}; do
    node_cgroups | while read -r cgroup; do find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true; done
    [[ -n $(node_cgroups) ]] || return 0
    sleep 0.1
  done
  fail "cgroups of the cluster $name cannot be removed ($tries tries): $(node_cgroups | tr '\n' ' ')"
}

node_load_image() {
  node_ctr images import --snapshotter "$(components_snapshotter)" - \
    >>"$state/logs/images.log" 2>&1 || fail "containerd refused the image: $(tail -n 1 "$state/logs/images.log")"
}
