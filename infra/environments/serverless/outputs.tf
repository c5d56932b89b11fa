output "url" {
  description = "The studio."
  value       = local.public_url
}

output "pages_bucket" {
  description = "Where the built pages are uploaded."
  value       = module.web.pages_bucket
}

output "distribution_id" {
  description = "The distribution of CloudFront, for invalidations."
  value       = module.web.distribution_id
}

output "photos_bucket" {
  description = "The bucket of photos."
  value       = module.base.bucket
}

output "queue_url" {
  description = "The queue of jobs."
  value       = module.base.queue_url
}

output "dead_letter_queue_url" {
  description = "The queue of jobs that were given up."
  value       = module.base.dead_letter_queue_url
}

output "secret_arn" {
  description = "The secret with settings."
  value       = module.base.secret_arn
}

output "functions" {
  description = "The functions, by what they are."
  value       = { worker = module.worker.function_name, api = module.api.function_name }
}

output "database_cluster" {
  description = "The DocumentDB cluster, if it is ours."
  value       = one(module.database[*].cluster_identifier)
}

output "dashboard" {
  description = "The page to look at."
  value       = module.monitoring.dashboard
}

output "settings" {
  description = "The variables of the worker, for commands that an operator runs elsewhere with the same settings."
  value       = module.base.settings.worker
}

output "release" {
  description = "The release that is applied."
  value       = var.release
}

output "artifacts_bucket" {
  description = "Where its packages lie."
  value       = var.artifacts_bucket
}
