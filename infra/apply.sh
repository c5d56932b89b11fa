#!/usr/bin/env bash
# Applies an environment, as the pipelines do it, or shows what would change.
#   infra/apply.sh serverless|ecs [--plan|--plan-without-looking]
#
# `--plan-without-looking` compares with the state alone, for who may not read the installation itself.
#
# Variables: STATE_BUCKET and STATE_REGION, where the state is kept; TFVARS, the content of terraform.tfvars if that file is not there;
# TF_VAR_release, which wins over a release that is written there; TF_VAR_... for other single values. Each installation, by its
# `name`, has a state of its own, and a checkout that has applied one refuses another.
set -euo pipefail

case "${1:-}" in
  serverless | ecs) environment="$1" ;;
  *) echo "usage: infra/apply.sh serverless|ecs [--plan|--plan-without-looking]" >&2 && exit 2 ;;
esac
case "${2:-}" in
  "") arguments=(apply -auto-approve) ;;
  --plan) arguments=(plan) ;;
  --plan-without-looking) arguments=(plan -refresh=false) ;;
  *) echo "$2 is no option: --plan or --plan-without-looking" >&2 && exit 2 ;;
esac
: "${STATE_BUCKET:?names the bucket of states}" "${STATE_REGION:?names its region}"
terraform="${TERRAFORM:-terraform}"

cd "$(dirname "$0")/environments/$environment"
values=/dev/null
if [[ -f terraform.tfvars ]]; then
  values=terraform.tfvars
elif [[ -n "${TFVARS:-}" ]]; then
  values="$(mktemp --suffix=.tfvars)"
  trap 'rm -f "$values"' EXIT
  printf '%s\n' "$TFVARS" >"$values"
fi
if [[ "$values" != /dev/null ]]; then
  arguments+=("-var-file=$values")
fi
# The name is read here because it says which state it is: with the state of another installation, Terraform would tear that one down.
name="$(sed -nE 's/^[[:space:]]*name[[:space:]]*=[[:space:]]*"([a-z0-9-]+)"[[:space:]]*(#.*)?$/\1/p' "$values")"
if [[ -z "$name" ]] && grep -qE '^[[:space:]]*name[[:space:]]*=' "$values"; then
  echo "the name must stand alone on its line, in quotes: name = \"halftone\"" >&2
  exit 2
fi
name="${name:-${TF_VAR_name:-halftone}}"
arguments+=("-var=name=$name")
# A file of values wins over a variable of the environment, and an option over both.
if [[ -n "${TF_VAR_release:-}" ]]; then
  arguments+=("-var=release=$TF_VAR_release")
fi

"$terraform" init -input=false -backend-config="bucket=$STATE_BUCKET" -backend-config="key=$environment/$name.tfstate" \
  -backend-config="region=$STATE_REGION" -backend-config=use_lockfile=true
"$terraform" "${arguments[@]}" -input=false
