#!/usr/bin/env bash
# Brings what Terraform has applied into service, where that is a step of its own:
#   infra/deploy.sh ecs          the servers, blue and green; waits, and fails if CodeDeploy takes it back
#   infra/deploy.sh serverless   the pages
# It reads the outputs of the environment that was applied.
set -euo pipefail

case "${1:-}" in
  serverless | ecs) environment="$1" ;;
  *) echo "usage: infra/deploy.sh serverless|ecs" >&2 && exit 2 ;;
esac
terraform="${TERRAFORM:-terraform}"
cd "$(dirname "$0")/environments/$environment"
outputs="$("$terraform" output -json)"

output() {
  jq --exit-status --raw-output "$1" <<<"$outputs"
}

deploy_servers() {
  local wanted serving revision deployment
  wanted="$(output .task_definition.value)"
  serving="$(aws ecs describe-services --cluster "$(output .cluster.value)" --services "$(output .service.value)" \
    --query "services[0].taskSets[?status=='PRIMARY'].taskDefinition | [0]" --output text)"
  if [[ "$serving" == "$wanted" ]]; then
    echo "$wanted serves already"
    return
  fi
  # CodeDeploy wants the version 0.0 to the letter, and jq would write 0.
  revision="$(jq --null-input --arg task "$wanted" '{
    revisionType: "AppSpecContent",
    appSpecContent: {content: ("{\"version\": 0.0, \"Resources\": " + ([{
      TargetService: {Type: "AWS::ECS::Service", Properties: {
        TaskDefinition: $task, LoadBalancerInfo: {ContainerName: "server", ContainerPort: 8080}
      }}
    }] | tojson) + "}")}
  }')"
  deployment="$(aws deploy create-deployment --application-name "$(output .deployment.value.application)" \
    --deployment-group-name "$(output .deployment.value.group)" --revision "$revision" \
    --query deploymentId --output text)"
  echo "deployment $deployment has begun"
  wait_for "$deployment"
  echo "$wanted serves"
}

# The waiter of the AWS command line gives up after half an hour, and the old servers alone are kept for that long.
wait_for() {
  local deployment="$1" status deadline=$((SECONDS + 5400))
  while ((SECONDS < deadline)); do
    status="$(aws deploy get-deployment --deployment-id "$deployment" --query deploymentInfo.status --output text)"
    case "$status" in
      Succeeded) return 0 ;;
      Failed | Stopped)
        echo "deployment $deployment: $status" >&2
        aws deploy get-deployment --deployment-id "$deployment" \
          --query 'deploymentInfo.[errorInformation,rollbackInfo]' --output json >&2
        return 1
        ;;
    esac
    sleep 15
  done
  echo "deployment $deployment is still $status after an hour and a half" >&2
  return 1
}

deploy_pages() {
  local release bucket artifacts folder
  release="$(output .release.value)"
  bucket="$(output .pages_bucket.value)"
  artifacts="$(output .artifacts_bucket.value)"
  folder="$(mktemp -d)"
  trap 'rm -rf "$folder"' EXIT
  aws s3 cp --only-show-errors "s3://$artifacts/$release/pages.tar.gz" "$folder/pages.tar.gz"
  mkdir "$folder/pages"
  tar --extract --file "$folder/pages.tar.gz" --directory "$folder/pages"
  # What the pages load comes first and the pages last; old assets stay, because a page that is open may still load them.
  aws s3 sync --only-show-errors "$folder/pages/assets" "s3://$bucket/assets" \
    --cache-control 'public, max-age=31536000, immutable'
  aws s3 sync --only-show-errors "$folder/pages" "s3://$bucket" --exclude 'assets/*' --cache-control no-cache
  aws cloudfront create-invalidation --distribution-id "$(output .distribution_id.value)" \
    --paths '/index.html' '/share.html' --query Invalidation.Id --output text
}

if [[ "$environment" == ecs ]]; then deploy_servers; else deploy_pages; fi
