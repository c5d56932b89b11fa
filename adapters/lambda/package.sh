#!/usr/bin/env bash
# Builds the two functions for the runtime `provided.al2023`, on x86-64 or arm64 as this machine is:
#   target/lambda/halftone-worker/bootstrap.zip
#   target/lambda/halftone-api/bootstrap.zip
#
# Amazon Linux 2023 has glibc 2.34, and a plain `cargo build` on a newer system may ask for more. cargo-lambda links
# against an old glibc with zig, so that the result does not depend on where it is built. The last step looks at what
# was really asked for.
#
# Needs python3 with venv. Everything else goes into target/lambda-tools.
set -euo pipefail

cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-target}"
tools="$target/lambda-tools"
newest_glibc=2.34

case "$(uname -m)" in
  x86_64) architecture=--x86-64 ;;
  aarch64 | arm64) architecture=--arm64 ;;
  *) echo "Lambda has no machines of the kind $(uname -m)" >&2 && exit 1 ;;
esac

# No other toolchain or target is wanted: rustup shall fail rather than download.
export RUSTUP_DIST_SERVER=http://127.0.0.1:9 RUSTUP_UPDATE_ROOT=http://127.0.0.1:9

if [[ ! -x "$tools/bin/cargo-lambda" ]]; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet cargo-lambda==1.9.2 ziglang==0.15.1
fi
# cargo-lambda looks for a program named zig.
ln -sf python-zig "$tools/bin/zig"

PATH="$(cd "$tools/bin" && pwd):$PATH" cargo lambda build --package halftone-lambda --bins \
  --profile lambda "$architecture" --output-format zip --lambda-dir "$target/lambda"

for name in halftone-worker halftone-api; do
  unzip -oq "$target/lambda/$name/bootstrap.zip" -d "$target/lambda/$name"
  asked="$(objdump -T "$target/lambda/$name/bootstrap" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -Vu | tail -1)"
  if [[ "$(printf '%s\n%s\n' "$asked" "$newest_glibc" | sort -V | tail -1)" != "$newest_glibc" ]]; then
    echo "$name asks for glibc $asked, and Amazon Linux 2023 has $newest_glibc" >&2
    exit 1
  fi
  echo "$name: glibc $asked, $(stat -c %s "$target/lambda/$name/bootstrap.zip") bytes zipped"
done
