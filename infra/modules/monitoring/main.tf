# What somebody must hear of. Every alarm stands for something that is broken now, and goes to one topic.

data "aws_region" "current" {}

locals {
  log_namespace = "Halftone/${var.name}"
}

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  display_name      = "Halftone alarms"
  kms_master_key_id = var.key_arn
}

# Whoever gets the mail must confirm it once, by its link.
resource "aws_sns_topic_subscription" "people" {
  for_each  = var.alarm_addresses
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

# Lines of level error; docs/logging.md says what deserves one.
resource "aws_cloudwatch_log_metric_filter" "errors" {
  for_each       = var.log_groups
  name           = "${var.name}-${each.key}-errors"
  log_group_name = each.value
  pattern        = "{ $.level = \"ERROR\" }"
  metric_transformation {
    namespace     = local.log_namespace
    name          = "Errors-${each.key}"
    value         = "1"
    default_value = "0"
    unit          = "Count"
  }
}

resource "aws_budgets_budget" "month" {
  count        = var.monthly_budget == null ? 0 : 1
  name         = var.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.monthly_budget)
  limit_unit   = "USD"
  dynamic "notification" {
    for_each = length(var.alarm_addresses) == 0 ? [] : [80, 100]
    content {
      comparison_operator        = "GREATER_THAN"
      notification_type          = notification.value == 100 ? "FORECASTED" : "ACTUAL"
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = var.alarm_addresses
    }
  }
}
