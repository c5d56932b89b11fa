# What somebody must hear of. Every alarm stands for something that is broken now, and goes to one topic.

data "aws_region" "current" {}

locals {
  actions = [aws_sns_topic.alarms.arn]

  # By name: what is looked at, and when it is too much. Where nothing is reported, nothing is wrong.
  alarms = merge(
    {
      dead-letters = {
        description = "A job was given up, or a message cannot be read: `halftone admin failed-jobs` says which"
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        statistic   = "Maximum"
        dimensions  = { QueueName = var.dead_letter_queue_name }
        threshold   = 0
        minutes     = 1
      }
      waiting-jobs = {
        description = "Photos wait for a quarter of an hour: no worker runs, or not enough"
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        statistic   = "Maximum"
        dimensions  = { QueueName = var.queue_name }
        threshold   = 900
        minutes     = 5
      }
    },
    { for label, name in var.functions : "${label}-errors" => {
      description = "Invocations of ${name} fail: see its log"
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      statistic   = "Sum"
      dimensions  = { FunctionName = name }
      threshold   = 3
      minutes     = 5
    } },
    { for label, name in var.functions : "${label}-throttles" => {
      description = "Invocations of ${name} are refused: its concurrency, or the account's, is used up"
      namespace   = "AWS/Lambda"
      metric      = "Throttles"
      statistic   = "Sum"
      dimensions  = { FunctionName = name }
      threshold   = 50
      minutes     = 5
    } },
    { for label, name in var.log_groups : "${label}-log" => {
      description = "The log ${name} has lines of level error: somebody must look"
      namespace   = local.log_namespace
      metric      = "Errors-${label}"
      statistic   = "Sum"
      dimensions  = {}
      threshold   = 0
      minutes     = 5
    } },
    var.api == null ? {} : {
      api-failures = {
        description = "The API answers with 5xx"
        namespace   = "AWS/ApiGateway"
        metric      = "5xx"
        statistic   = "Sum"
        dimensions  = { ApiId = var.api.id }
        threshold   = 5
        minutes     = 5
      }
    },
    var.balancer == null ? {} : {
      server-failures = {
        description = "The servers answer with 5xx"
        namespace   = "AWS/ApplicationELB"
        metric      = "HTTPCode_Target_5XX_Count"
        statistic   = "Sum"
        dimensions  = { LoadBalancer = var.balancer.metric }
        threshold   = 10
        minutes     = 1
      }
      balancer-failures = {
        description = "The load balancer itself answers with 5xx: no server can be reached"
        namespace   = "AWS/ApplicationELB"
        metric      = "HTTPCode_ELB_5XX_Count"
        statistic   = "Sum"
        dimensions  = { LoadBalancer = var.balancer.metric }
        threshold   = 10
        minutes     = 1
      }
      slow-answers = {
        description = "One answer in a hundred takes longer than three seconds"
        namespace   = "AWS/ApplicationELB"
        metric      = "TargetResponseTime"
        statistic   = "p99"
        dimensions  = { LoadBalancer = var.balancer.metric }
        threshold   = 3
        minutes     = 5
      }
    },
    var.balancer == null ? {} : { for colour, group in var.balancer.target_groups : "unhealthy-${colour}" => {
      description = "Servers of ${colour} are not ready"
      namespace   = "AWS/ApplicationELB"
      metric      = "UnHealthyHostCount"
      statistic   = "Maximum"
      dimensions  = { LoadBalancer = var.balancer.metric, TargetGroup = group }
      threshold   = 0
      minutes     = 2
    } },
    var.cluster_identifier == null ? {} : {
      database-processors = {
        description = "The database has no processor time left"
        namespace   = "AWS/DocDB"
        metric      = "CPUUtilization"
        statistic   = "Average"
        dimensions  = { DBClusterIdentifier = var.cluster_identifier }
        threshold   = 85
        minutes     = 10
      }
      database-connections = {
        description = "The database has as many connections as its smallest instance takes"
        namespace   = "AWS/DocDB"
        metric      = "DatabaseConnections"
        statistic   = "Maximum"
        dimensions  = { DBClusterIdentifier = var.cluster_identifier }
        threshold   = var.most_connections
        minutes     = 5
      }
    },
    var.rotation_function == null ? {} : {
      rotation-errors = {
        description = "The password of the database could not be changed"
        namespace   = "AWS/Lambda"
        metric      = "Errors"
        statistic   = "Sum"
        dimensions  = { FunctionName = var.rotation_function }
        threshold   = 0
        minutes     = 5
      }
    },
  )

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

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each                  = local.alarms
  alarm_name                = "${var.name}-${each.key}"
  alarm_description         = each.value.description
  namespace                 = each.value.namespace
  metric_name               = each.value.metric
  dimensions                = each.value.dimensions
  statistic                 = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic        = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator       = "GreaterThanThreshold"
  threshold                 = each.value.threshold
  period                    = 60 * each.value.minutes
  evaluation_periods        = 1
  treat_missing_data        = "notBreaching"
  alarm_actions             = local.actions
  ok_actions                = local.actions
  insufficient_data_actions = []
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
