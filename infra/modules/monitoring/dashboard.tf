# One page to look at: what comes in, what waits, what fails.

locals {
  region = data.aws_region.current.region

  graphs = concat(
    [
      {
        title = "Jobs"
        stat  = "Maximum"
        metrics = [
          ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.queues.jobs, { label = "waiting" }],
          ["AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName", var.queues.jobs, { label = "in work" }],
          ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.queues.dead_letters, { label = "given up" }],
        ]
      },
      {
        title   = "The oldest job, in seconds"
        stat    = "Maximum"
        metrics = [["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", var.queues.jobs, { label = "age" }]]
      },
      {
        title   = "Functions: errors"
        stat    = "Sum"
        metrics = [for label, name in var.functions : ["AWS/Lambda", "Errors", "FunctionName", name, { label = label }]]
      },
      {
        title   = "Functions: duration, 99 of 100, in milliseconds"
        stat    = "p99"
        metrics = [for label, name in var.functions : ["AWS/Lambda", "Duration", "FunctionName", name, { label = label }]]
      },
      {
        title   = "Lines of level error"
        stat    = "Sum"
        metrics = [for label, name in var.log_groups : [local.log_namespace, "Errors-${label}", { label = label }]]
      },
    ],
    var.api == null ? [] : [{
      title = "Requests"
      stat  = "Sum"
      metrics = [
        ["AWS/ApiGateway", "Count", "ApiId", var.api.id, { label = "all" }],
        ["AWS/ApiGateway", "4xx", "ApiId", var.api.id, { label = "4xx" }],
        ["AWS/ApiGateway", "5xx", "ApiId", var.api.id, { label = "5xx" }],
      ]
    }],
    var.balancer == null ? [] : [{
      title = "Requests"
      stat  = "Sum"
      metrics = [
        ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", var.balancer.metric, { label = "all" }],
        ["AWS/ApplicationELB", "HTTPCode_Target_4XX_Count", "LoadBalancer", var.balancer.metric, { label = "4xx" }],
        ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", var.balancer.metric, { label = "5xx" }],
      ]
    }],
    var.cluster_identifier == null ? [] : [{
      title = "Database"
      stat  = "Average"
      metrics = [
        ["AWS/DocDB", "CPUUtilization", "DBClusterIdentifier", var.cluster_identifier, { label = "processors, %" }],
        ["AWS/DocDB", "DatabaseConnections", "DBClusterIdentifier", var.cluster_identifier, { label = "connections" }],
      ]
    }],
  )
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [for index, graph in local.graphs : {
      type   = "metric"
      x      = 12 * (index % 2)
      y      = 6 * floor(index / 2)
      width  = 12
      height = 6
      properties = {
        title   = graph.title
        metrics = graph.metrics
        region  = local.region
        period  = 60
        stat    = graph.stat
        view    = "timeSeries"
      }
    }]
  })
}
