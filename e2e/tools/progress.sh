# shellcheck shell=bash
# Sourced by the scripts of e2e/: progress with elapsed time, and a cache that survives interruption.

# say TEXT...: one line of progress, with the seconds since the script began.
say() { printf '[%4d s] %s\n' "$SECONDS" "$*" >&2; }

# fail TEXT...: one sentence about what is wrong or missing, then the end.
fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# waiting TEXT COMMAND...: runs the command and says every half minute that it is still at it.
waiting() {
  local text=${1%% (*} began=$SECONDS ticker status=0
  shift
  (
    trap 'kill "$!"; exit' TERM
    while sleep 30 & wait "$!"; do say "… still $text, $((SECONDS - began)) s"; done
  ) 9>&- &
  ticker=$!
  "$@" || status=$?
  kill "$ticker" 2>/dev/null && wait "$ticker" 2>/dev/null
  return "$status"
}

# Built things live outside of the tree, so that `make clean` and a fresh clone do not cost a build.
cache=${TOCSIN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tocsin}

# key FILE|WORD...: a short hash of the contents of the files and of the words, the name of what is made from them.
key() {
  local input
  for input in "$@"; do
    if [[ -f $input ]]; then cat "$input"; else printf '%s\n' "$input"; fi
  done | sha256sum | cut -c1-12
}

# cached NAME KEY TEXT COMMAND...: prints the path of $cache/NAME/KEY, which COMMAND fills when it is not there yet.
# COMMAND is called with an empty folder as its last argument. That folder becomes $cache/NAME/KEY only when COMMAND has
# succeeded, so whatever is in the cache is whole; and two builds of the same thing wait for each other.
cached() {
  local name=$1 key=$2 text=$3 began=$SECONDS
  shift 3
  local made="$cache/$name/$key" making="$cache/$name/.making-$key"
  if [[ ! -d $made ]]; then
    mkdir -p "$cache/$name"
    (
      exec 9>"$cache/$name/.lock-$key"
      if ! flock --nonblock 9; then
        say "waiting for another process that is $text"
        flock 9
      fi
      [[ ! -d $made ]] || exit 0
      say "$text"
      # Not left to errexit, which is off in a command that is followed by ||.
      rm -rf "$making" && mkdir "$making" && waiting "$text" "$@" "$making" >&2 && mv -T "$making" "$made" || exit 1
      say "done ${text%% (*} in $((SECONDS - began)) s"
    ) || return
  fi
  printf '%s\n' "$made"
}
