# shellcheck shell=bash
# What the scripts of this folder share; sourced by bash, not run.

# Libraries that the daemon is built against.
# shellcheck disable=SC2034 # used by those that source this
build_packages=(
  libavcodec-dev libavformat-dev libavutil-dev libcurl4-openssl-dev libmicrohttpd-dev libopenblas-dev libsqlite3-dev
  libswscale-dev zlib1g-dev
)

# The same libraries where the daemon only runs, and the one that draws the dashboard's charts.
# shellcheck disable=SC2034 # used by deploy/install
run_packages=(
  libavcodec59 libavformat59 libavutil57 libcurl4 libjs-dygraphs libmicrohttpd12 libopenblas0-pthread libsqlite3-0
  libswscale6 zlib1g
)

# How a daemon is built that runs without the toolchain.
release_build=(swift build -c release --static-swift-stdlib --product corrflowd)

# The same as a command to tell the user, with the revision that it is to say it is of.
# shellcheck disable=SC2016,SC2034 # expanded by the user's shell; used by deploy/install
release_command='CORRFLOW_REVISION=$(git describe --always --dirty) '"${release_build[*]}"

# The revision that a release build says it is of; "unknown" outside of a checkout.
revision() {
  git describe --always --dirty 2> /dev/null || echo unknown
}

# Prints a heading.
heading() {
  printf '\n== %s\n' "$*"
}

# Ends the script with a reason and, in further arguments, what to do.
fail() {
  printf '\nerror: %s\n' "$1" >&2
  shift
  if [[ $# -gt 0 ]]; then
    printf '       %s\n' "$@" >&2
  fi
  exit 1
}

# Runs a command as root, through sudo where needed.
as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    fail "this needs root, and sudo is not installed" "as root, run: $*"
  fi
}

# Installs those of the named Debian packages that are missing.
install_packages() {
  command -v dpkg-query > /dev/null ||
    fail "this is not Debian; install what corresponds to these packages, then build by hand" "$*"
  local missing=() package
  for package in "$@"; do
    # The status is "install ok installed"; an unknown package is an error, and missing.
    if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) != installed ]]; then
      missing+=("$package")
    fi
  done
  if [[ ${#missing[@]} -eq 0 ]]; then
    return
  fi
  echo "installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
}

# Checks that Swift is there and new enough.
require_swift() {
  command -v swift > /dev/null ||
    fail "there is no 'swift' in the PATH" \
      "install Swift 6.2 or newer for Debian 12 as https://www.swift.org/install/linux says," \
      "or, if it is installed: export PATH=/where/it/is/usr/bin:\$PATH"
  local version
  version=$(swift --version 2> /dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
  local major=${version% *} minor=${version#* }
  if [[ -z $version ]]; then
    fail "'swift --version' does not work: $(command -v swift)" "install Swift again"
  fi
  if ((major < 6 || (major == 6 && minor < 2))); then
    fail "Swift $major.$minor is too old" "install Swift 6.2 or newer"
  fi
}
