# The image worker: a function behind the queue of jobs, and turns of a schedule where no server runs.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  name = "${var.name}-worker"
  log_group_arn = join(":", [
    "arn", data.aws_partition.current.partition, "logs", data.aws_region.current.region,
    data.aws_caller_identity.current.account_id, "log-group", "/aws/lambda/${local.name}",
  ])
}

module "role" {
  source             = "../workload_role"
  name               = local.name
  service            = "lambda.amazonaws.com"
  bucket_arns        = [var.bucket_arn]
  send_queue_arns    = [var.queue_arn, var.dead_letter_queue_arn]
  receive_queue_arns = [var.queue_arn]
  topic_arns         = [var.notices_topic_arn]
  user_pool_arns     = [var.user_pool_arn] # a purge of an account ends its login
  secret_arns        = [var.secret_arn]
  key_arns           = [var.key_arn]
  log_group_arns     = [local.log_group_arn]
  in_vpc             = var.vpc != null
}

module "function" {
  source               = "../function"
  name                 = local.name
  description          = "Halftone: proofs and thumbs, purges, lost work"
  role_arn             = module.role.arn
  package              = { bucket = var.artifacts_bucket, key = "${var.release}/halftone-worker.zip" }
  architecture         = var.architecture
  memory_mb            = var.memory_mb
  timeout_seconds      = var.timeout_seconds
  reserved_concurrency = var.reserved_concurrency
  environment          = var.environment
  key_arn              = var.key_arn
  vpc                  = var.vpc
  log_retention_days   = var.log_retention_days
}

resource "aws_lambda_event_source_mapping" "jobs" {
  event_source_arn = var.queue_arn
  function_name    = module.function.arn
  batch_size       = var.batch_size
  # Without it, the platform deletes the whole batch, failures included.
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    # Not more than the function may run at once: what is received and not begun counts as a reception.
    maximum_concurrency = var.reserved_concurrency
  }
}

resource "aws_cloudwatch_event_rule" "turns" {
  count               = var.turns == null ? 0 : 1
  name                = "${local.name}-turns"
  description         = "Looks for lost work and tells people what happened"
  schedule_expression = var.turns
}

resource "aws_cloudwatch_event_target" "turns" {
  count = var.turns == null ? 0 : 1
  rule  = aws_cloudwatch_event_rule.turns[0].name
  arn   = module.function.arn
  retry_policy {
    # The next turn does what this one left.
    maximum_retry_attempts       = 0
    maximum_event_age_in_seconds = 60
  }
}

resource "aws_lambda_permission" "turns" {
  count         = var.turns == null ? 0 : 1
  statement_id  = "turns"
  action        = "lambda:InvokeFunction"
  function_name = module.function.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.turns[0].arn
}

resource "aws_lambda_function_event_invoke_config" "turns" {
  count                        = var.turns == null ? 0 : 1
  function_name                = module.function.name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}
