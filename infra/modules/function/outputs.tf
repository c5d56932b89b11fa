output "name" {
  description = "The function's name."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "The function."
  value       = aws_lambda_function.this.arn
}

output "invoke_arn" {
  description = "How API Gateway calls it."
  value       = aws_lambda_function.this.invoke_arn
}

output "log_group_name" {
  description = "Its log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "security_group_id" {
  description = "Its security group, in a VPC."
  value       = one(aws_security_group.this[*].id)
}
