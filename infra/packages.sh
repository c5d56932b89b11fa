#!/usr/bin/env bash
# Puts together what an installation on AWS consists of, under target/packages:
#   halftone-worker.zip, halftone-api.zip   the functions, with the certificates of Amazon's databases
#   halftone-rotation.zip                   the function that changes the database's password
#   pages.tar.gz                            the web UI, for a bucket behind CloudFront
#
# Before it: infra/certificates.sh and adapters/lambda/package.sh. Needs node with npm, python3 and zip.
set -euo pipefail

cd "$(dirname "$0")/.."
target="${CARGO_TARGET_DIR:-target}"
packages="$target/packages"
certificates=infra/docker/certificates/global-bundle.pem

if [[ ! -f "$certificates" ]]; then
  echo "$certificates is missing: run infra/certificates.sh" >&2
  exit 1
fi
rm -rf "$packages"
mkdir -p "$packages"

for name in halftone-worker halftone-api; do
  if [[ ! -f "$target/lambda/$name/bootstrap.zip" ]]; then
    echo "$name is not built: run adapters/lambda/package.sh" >&2
    exit 1
  fi
  cp "$target/lambda/$name/bootstrap.zip" "$packages/$name.zip"
  zip --quiet --junk-paths "$packages/$name.zip" "$certificates"
done

zip --quiet --junk-paths "$packages/halftone-rotation.zip" infra/modules/rotation/function/rotate.py

(cd adapters/web && npm ci --ignore-scripts --no-audit --no-fund && npm run build)
tar --create --gzip --file "$packages/pages.tar.gz" --directory adapters/web/dist .

ls -l "$packages"
