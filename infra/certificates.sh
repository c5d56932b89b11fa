#!/usr/bin/env bash
# Fetches the certificates of the authorities that Amazon DocumentDB's servers are signed by, for the images and the packages of
# the functions: infra/docker/certificates/global-bundle.pem. A release does so; on one computer nothing needs them.
set -euo pipefail

cd "$(dirname "$0")/docker/certificates"
# https://docs.aws.amazon.com/documentdb/latest/developerguide/connect_programmatically.html
url="${1:-https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem}"
new="$(mktemp global-bundle.XXXXXX)"
trap 'rm -f "$new"' EXIT

curl --fail --silent --show-error --location --proto '=https,file' --max-time 60 --output "$new" "$url"

# A page of an error is no certificate, and neither is half a file.
count="$(grep -c -- '-----BEGIN CERTIFICATE-----' "$new" || true)"
if ((count == 0)) || [[ "$(grep -c -- '-----END CERTIFICATE-----' "$new")" != "$count" ]]; then
  echo "$url holds no certificates" >&2
  exit 1
fi
if ! openssl storeutl -noout -certs "$new" >/dev/null; then
  echo "$url holds something that is no certificate" >&2
  exit 1
fi
mv "$new" global-bundle.pem
chmod 644 global-bundle.pem
trap - EXIT
echo "$count certificates in infra/docker/certificates/global-bundle.pem"
