output "key_arn" {
  description = "The key of the installation."
  value       = module.encryption.key_arn
}

output "installation" {
  description = "What the programs work with."
  value = {
    bucket_arn            = module.storage.bucket_arn
    queue_arn             = module.messaging.queue_arn
    dead_letter_queue_arn = module.messaging.dead_letter_queue_arn
    notices_topic_arn     = module.messaging.notices_topic_arn
    user_pool_arn         = module.auth.user_pool_arn
    secret_arn            = module.secret.arn
    key_arn               = module.encryption.key_arn
  }
}

output "settings" {
  description = "The variables of each program."
  value       = { server = module.settings.server, worker = module.settings.worker, api = module.settings.api }
}

output "secret_arn" {
  description = "The secret with settings, once it has its first version."
  value       = module.secret.arn
}

output "proxy_secret" {
  description = "What CloudFront proves itself with to the API, where it stands before it."
  value       = one(terraform_data.proxy_secret[*].output)
  sensitive   = true
}

output "bucket" {
  description = "The bucket of photos."
  value       = module.storage.bucket
}

output "bucket_origin" {
  description = "Where URLs of photos lead to."
  value       = module.storage.bucket_origin
}

output "log_bucket" {
  description = "The bucket of access logs."
  value       = module.storage.log_bucket
}

output "queue_url" {
  description = "The queue of jobs."
  value       = module.messaging.queue_url
}

output "dead_letter_queue_url" {
  description = "The queue of jobs that were given up."
  value       = module.messaging.dead_letter_queue_url
}

output "queues" {
  description = "Both queues, as metrics call them."
  value       = { jobs = module.messaging.queue_name, dead_letters = module.messaging.dead_letter_queue_name }
}
