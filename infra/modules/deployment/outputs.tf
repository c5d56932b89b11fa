output "application" {
  description = "The application of CodeDeploy."
  value       = aws_codedeploy_app.this.name
}

output "group" {
  description = "Its deployment group."
  value       = aws_codedeploy_deployment_group.this.deployment_group_name
}
