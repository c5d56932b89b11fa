output "url" {
  description = "The studio."
  value       = local.public_url
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

output "worker_function" {
  description = "The worker."
  value       = module.worker.function_name
}

output "cluster" {
  description = "The cluster of the servers."
  value       = module.compute.cluster_name
}

output "service" {
  description = "The service of the servers."
  value       = module.compute.service_name
}

output "task_definition" {
  description = "The newest task definition, which a deployment brings into service."
  value       = module.compute.task_definition_arn
}

output "deployment" {
  description = "The application and the group of CodeDeploy."
  value       = { application = module.deployment.application, group = module.deployment.group }
}

output "server_network" {
  description = "Where an operator's command runs as a task of its own."
  value       = { subnets = module.network.private_subnet_ids, security_group = module.compute.security_group_id }
}

output "database_cluster" {
  description = "The DocumentDB cluster."
  value       = module.database.cluster_identifier
}

output "dashboard" {
  description = "The page to look at."
  value       = module.monitoring.dashboard
}
