#!/usr/bin/env bash
# Applies an environment, as the pipelines do it.
#   infra/apply.sh serverless|ecs
#
# Variables: STATE_BUCKET and STATE_REGION, where the state is kept; TFVARS, the content of terraform.tfvars if that file is not there;
# TF_VAR_... for single values.
set -euo pipefail

case "${1:-}" in
  serverless | ecs) environment="$1" ;;
  *) echo "usage: infra/apply.sh serverless|ecs" >&2 && exit 2 ;;
esac
: "${STATE_BUCKET:?names the bucket of states}" "${STATE_REGION:?names its region}"
terraform="${TERRAFORM:-terraform}"

cd "$(dirname "$0")/environments/$environment"
arguments=()
if [[ -f terraform.tfvars ]]; then
  arguments+=(-var-file=terraform.tfvars)
elif [[ -n "${TFVARS:-}" ]]; then
  values="$(mktemp --suffix=.tfvars)"
  trap 'rm -f "$values"' EXIT
  printf '%s\n' "$TFVARS" >"$values"
  arguments+=("-var-file=$values")
fi

"$terraform" init -input=false -backend-config="bucket=$STATE_BUCKET" -backend-config="key=$environment/halftone.tfstate" \
  -backend-config="region=$STATE_REGION" -backend-config=use_lockfile=true
"$terraform" apply -input=false -auto-approve "${arguments[@]}"
