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

output "api_id" {
  description = "The API, as metrics call it."
  value       = aws_apigatewayv2_api.this.id
}

output "host" {
  description = "Where CloudFront finds it."
  value       = trimprefix(aws_apigatewayv2_api.this.api_endpoint, "https://")
}
