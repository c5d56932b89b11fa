output "server" {
  description = "The variables of a server."
  value       = local.server
}

output "worker" {
  description = "The variables of the worker's function."
  value = merge(local.function, {
    HALFTONE_MONGODB_CREATE_INDEXES = var.worker_creates_indexes ? "on" : "off"
  })
}

output "api" {
  description = "The variables of the API's function."
  value       = merge(local.function, { HALFTONE_MONGODB_CREATE_INDEXES = "off" })
}
