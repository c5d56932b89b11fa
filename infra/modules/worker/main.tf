# The image worker: a function behind the queue of jobs, and turns of a schedule where no server runs.

locals {
  name = "${var.name}-worker"
}

module "rights" {
  source        = "../program_rights"
  installation  = var.installation
  sends_to      = [var.installation.queue_arn, var.installation.dead_letter_queue_arn]
  receives_from = [var.installation.queue_arn]
}

module "function" {
  source               = "../function"
  name                 = local.name
  description          = "Halftone: proofs and thumbs, packs, purges, lost work"
  statements           = module.rights.statements
  package              = { bucket = var.artifacts_bucket, key = "${var.release}/halftone-worker.zip" }
  architecture         = var.architecture
  memory_mb            = var.memory_mb
  timeout_seconds      = var.timeout_seconds
  reserved_concurrency = var.reserved_concurrency
  environment          = var.environment
  key_arn              = var.installation.key_arn
  vpc                  = var.vpc
  log_retention_days   = var.log_retention_days
}

resource "aws_lambda_event_source_mapping" "jobs" {
  event_source_arn = var.installation.queue_arn
  function_name    = module.function.arn
  batch_size       = var.batch_size
  # Without it, the platform deletes the whole batch, failures included.
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    # Not more than the function may run at once beside a turn: what is received and not begun counts as a reception, and a turn
    # that finds no room during an import is dropped. Two is the least that a mapping takes.
    maximum_concurrency = max(2, var.reserved_concurrency - (var.turns == null ? 0 : 1))
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
