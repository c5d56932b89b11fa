# The alarms: what is looked at, and when it is too much. What an alarm leaves out is as in `usual`. docs/operations.md says what to
# do about each.

locals {
  usual = { statistic = "Sum", threshold = 0, minutes = 5 }

  waiting = { for queue, name in var.queues : queue => { namespace = "AWS/SQS", dimensions = { QueueName = name } } }
  lambda  = { for label, name in local.functions : label => { namespace = "AWS/Lambda", dimensions = { FunctionName = name } } }
  balancer = {
    namespace  = "AWS/ApplicationELB"
    dimensions = { LoadBalancer = var.balancer == null ? null : var.balancer.metric }
  }
  database = {
    namespace  = "AWS/DocDB"
    dimensions = { DBClusterIdentifier = var.cluster_identifier }
  }

  functions = merge(var.functions, var.rotation_function == null ? {} : { rotation = var.rotation_function })

  alarms = merge(
    {
      dead-letters = merge(local.waiting.dead_letters, {
        description = "A job was given up, or a message cannot be read: `halftone admin failed-jobs` says which"
        metric      = "ApproximateNumberOfMessagesVisible"
        statistic   = "Maximum"
        minutes     = 1
      })
      waiting-jobs = merge(local.waiting.jobs, {
        description = "Photos wait for a quarter of an hour: no worker runs, or not enough"
        metric      = "ApproximateAgeOfOldestMessage"
        statistic   = "Maximum"
        threshold   = 900
      })
    },
    { for label, name in local.functions : "${label}-errors" => merge(local.lambda[label], {
      description = "Invocations of ${name} fail: see its log"
      metric      = "Errors"
      # A rotation is rare, and each failure counts.
      threshold = label == "rotation" ? 0 : 3
    }) },
    { for label, name in var.functions : "${label}-throttles" => merge(local.lambda[label], {
      description = "Invocations of ${name} are refused: its concurrency, or the account's, is used up"
      metric      = "Throttles"
      threshold   = 50
    }) },
    { for label, name in var.log_groups : "${label}-log" => {
      description = "The log ${name} has lines of level error: somebody must look"
      namespace   = local.log_namespace
      metric      = "Errors-${label}"
      dimensions  = {}
    } },
    var.api == null ? {} : {
      api-failures = {
        description = "The API answers with 5xx"
        namespace   = "AWS/ApiGateway"
        metric      = "5xx"
        dimensions  = { ApiId = var.api.id }
        threshold   = 5
      }
    },
    { for name, alarm in {
      server-failures = merge(local.balancer, {
        description = "The servers answer with 5xx"
        metric      = "HTTPCode_Target_5XX_Count"
        threshold   = 10
        minutes     = 1
      })
      balancer-failures = merge(local.balancer, {
        description = "The load balancer itself answers with 5xx: no server can be reached"
        metric      = "HTTPCode_ELB_5XX_Count"
        threshold   = 10
        minutes     = 1
      })
      slow-answers = merge(local.balancer, {
        description = "One answer in a hundred takes longer than three seconds"
        metric      = "TargetResponseTime"
        statistic   = "p99"
        threshold   = 3
      })
    } : name => alarm if var.balancer != null },
    { for colour, group in(var.balancer == null ? {} : var.balancer.target_groups) : "unhealthy-${colour}" => {
      description = "Servers of ${colour} are not ready"
      namespace   = local.balancer.namespace
      metric      = "UnHealthyHostCount"
      statistic   = "Maximum"
      dimensions  = merge(local.balancer.dimensions, { TargetGroup = group })
      minutes     = 2
    } },
    { for name, alarm in {
      database-processors = merge(local.database, {
        description = "The database has no processor time left"
        metric      = "CPUUtilization"
        statistic   = "Average"
        threshold   = 85
        minutes     = 10
      })
      database-connections = merge(local.database, {
        description = "The database has as many connections as its smallest instance takes"
        metric      = "DatabaseConnections"
        statistic   = "Maximum"
        threshold   = var.most_connections
      })
    } : name => alarm if var.cluster_identifier != null },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each                  = { for name, alarm in local.alarms : name => merge(local.usual, alarm) }
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
  treat_missing_data        = "notBreaching" # where nothing is reported, nothing is wrong
  alarm_actions             = [aws_sns_topic.alarms.arn]
  ok_actions                = [aws_sns_topic.alarms.arn]
  insufficient_data_actions = []
}
