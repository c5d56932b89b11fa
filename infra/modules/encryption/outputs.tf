output "key_arn" {
  description = "The key with which everything at rest is encrypted."
  value       = aws_kms_key.this.arn
}
