output "repository_urls" {
  description = "Where to push and pull each image."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}

output "repository_arns" {
  description = "The repositories."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.arn }
}
