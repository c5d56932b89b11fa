output "arn" {
  description = "The secret, once it has its first version."
  value       = aws_secretsmanager_secret.this.arn
  depends_on  = [aws_secretsmanager_secret_version.first]
}
