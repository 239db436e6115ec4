# shellcheck shell=bash
# Sourced by every script, and by hand (`. scripts/env.sh`) before calling cargo: settles which
# compiler is used and puts the project's own tools on PATH. Installs and downloads nothing.

if ((BASH_VERSINFO[0] < 5)); then
  echo "bash 5 or newer is needed (this is $BASH_VERSION)" >&2
  exit 1
fi

PLUMBLINE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PLUMBLINE_TOOLS=${PLUMBLINE_TOOLS:-$PLUMBLINE_ROOT/.tools}
BROWSER_TARGET=wasm32-unknown-unknown

# Where a compiler keeps the standard library for the browser.
browser_std() { rustc --print target-libdir --target "$BROWSER_TARGET" 2>/dev/null; }

# True when that library is there and not left over from an older compiler.
has_browser_std() {
  local lib
  lib=$(browser_std) || return 1
  compgen -G "$lib/libstd-*.rlib" >/dev/null || return 1
  [[ ! -e $lib/built-by ]] || [[ $(<"$lib/built-by") == "$(rustc -vV)" ]]
}

# A compiler from a Linux distribution brings no linker for WebAssembly: take rustup's, else LLVM's.
find_wasm_linker() {
  local version own home found
  version=$(rustc -vV)
  own=$(rustc --print sysroot)/lib/rustlib/$(sed -n 's/^host: //p' <<<"$version")/bin/rust-lld
  [[ ! -x $own ]] || return 0
  home=${RUSTUP_HOME:-$HOME/.rustup}/toolchains
  for found in "$home"/stable-*/lib/rustlib/*/bin/rust-lld "$home"/*/lib/rustlib/*/bin/rust-lld \
    "/usr/bin/wasm-ld-$(sed -n 's/^LLVM version: \([0-9]*\).*/\1/p' <<<"$version")"; do
    if [[ -x $found ]]; then
      export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$found
      return 0
    fi
  done
  return 1
}

# RUSTUP_AUTO_INSTALL=0 says that rustup must not download.
if [[ ${RUSTUP_AUTO_INSTALL:-1} != 0 ]] && command -v rustup >/dev/null; then
  PLUMBLINE_RUST=rustup # rust-toolchain.toml decides; rustup fetches what it names
else
  PLUMBLINE_RUST=installed # the first cargo on PATH that knows the browser, else the system's own
  if ! has_browser_std && [[ -e /etc/debian_version ]]; then
    PLUMBLINE_RUST=debian
    [[ $PATH == /usr/bin:* ]] || PATH=/usr/bin:$PATH
  fi
  [[ -n ${CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER:-} ]] || ! command -v rustc >/dev/null || find_wasm_linker || true
fi

export PATH=$PLUMBLINE_TOOLS/bin:$PLUMBLINE_ROOT/end2end/node_modules/.bin:$PATH
export PLUMBLINE_ROOT PLUMBLINE_TOOLS PLUMBLINE_RUST
