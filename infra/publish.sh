#!/usr/bin/env bash
# Uploads the packages of a release to the bucket from which Terraform deploys them.
#   infra/publish.sh VERSION FOLDER BUCKET
set -euo pipefail

if (($# != 3)); then
  echo "usage: infra/publish.sh VERSION FOLDER BUCKET" >&2
  exit 2
fi
version="$1" folder="$2" bucket="$3"

for name in halftone-worker.zip halftone-api.zip halftone-rotation.zip pages.tar.gz; do
  if [[ ! -f "$folder/$name" ]]; then
    echo "$folder/$name is missing: run infra/packages.sh" >&2
    exit 1
  fi
done
# A version is what it was: nothing is replaced. The worker comes last, so a version that has it is whole.
there="$(aws s3api list-objects-v2 --bucket "$bucket" --prefix "$version/halftone-worker.zip" --query 'Contents[0].Key' --output text)"
if [[ "$there" != None ]]; then
  echo "version $version is in $bucket already" >&2
  exit 1
fi
for name in halftone-rotation.zip halftone-api.zip pages.tar.gz halftone-worker.zip; do
  aws s3 cp --only-show-errors "$folder/$name" "s3://$bucket/$version/$name"
done
echo "version $version is in $bucket"
