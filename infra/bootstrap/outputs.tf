output "state_bucket" {
  description = "The bucket of states, for -backend-config."
  value       = aws_s3_bucket.this["state"].bucket
}

output "artifacts_bucket" {
  description = "The bucket of packages."
  value       = aws_s3_bucket.this["artifacts"].bucket
}

output "repository_urls" {
  description = "Where to push and pull each image."
  value       = module.registry.repository_urls
}

output "repository_arns" {
  description = "The repositories."
  value       = module.registry.repository_arns
}

output "key_arn" {
  description = "The key that encrypts states, packages and images."
  value       = module.encryption.key_arn
}

output "pipeline_role_arns" {
  description = "The roles of the pipelines, by what they do: variables of the repository on GitHub."
  value       = { for name, role in aws_iam_role.pipeline : name => role.arn }
}
