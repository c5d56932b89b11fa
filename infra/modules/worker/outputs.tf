output "function_name" {
  description = "The function."
  value       = module.function.name
}

output "function_arn" {
  description = "Its ARN."
  value       = module.function.arn
}

output "log_group_name" {
  description = "Its log group."
  value       = module.function.log_group_name
}

output "security_group_id" {
  description = "Its security group, in a VPC."
  value       = module.function.security_group_id
}
