output "topic_arn" {
  description = "The topic of alarms."
  value       = aws_sns_topic.alarms.arn
}

output "deployment_alarm_names" {
  description = "The alarms that take a deployment of the servers back."
  value = [for name in ["server-failures", "balancer-failures", "slow-answers"] :
  aws_cloudwatch_metric_alarm.this[name].alarm_name if contains(keys(local.alarms), name)]
}

output "dashboard" {
  description = "The page to look at."
  value = join("", [
    "https://${data.aws_region.current.region}.console.aws.amazon.com/cloudwatch/home",
    "?region=${data.aws_region.current.region}#dashboards:name=${aws_cloudwatch_dashboard.this.dashboard_name}",
  ])
}
