output "cluster_name" {
  description = "The cluster."
  value       = aws_ecs_cluster.this.name
}

output "service_name" {
  description = "The service of servers."
  value       = aws_ecs_service.server.name
}

output "task_definition_arn" {
  description = "The newest task definition, which a deployment brings into service."
  value       = aws_ecs_task_definition.server.arn
}

output "log_group_name" {
  description = "The servers' log group."
  value       = aws_cloudwatch_log_group.server.name
}

output "security_group_id" {
  description = "The servers' security group."
  value       = aws_security_group.server.id
}

output "balancer" {
  description = "The load balancer, as metrics call it."
  value       = aws_lb.this.arn_suffix
}

output "target_groups" {
  description = "Blue and green, by name and as metrics call them."
  value       = { for colour, group in aws_lb_target_group.server : colour => { name = group.name, metric = group.arn_suffix } }
}

output "listener_arns" {
  description = "The listeners that a deployment moves: the public one and the one for tests."
  value       = { public = aws_lb_listener.https.arn, test = aws_lb_listener.test.arn }
}
