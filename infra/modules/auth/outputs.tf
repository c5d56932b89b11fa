output "user_pool_id" {
  description = "The user pool."
  value       = aws_cognito_user_pool.this.id
}

output "user_pool_arn" {
  description = "Its ARN."
  value       = aws_cognito_user_pool.this.arn
}

output "client_id" {
  description = "The app client."
  value       = aws_cognito_user_pool_client.this.id
}

output "client_secret" {
  description = "The app client's secret."
  value       = aws_cognito_user_pool_client.this.client_secret
  sensitive   = true
}
