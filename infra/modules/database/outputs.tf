output "uri" {
  description = "The connection string with the first password."
  value = join("", [
    "mongodb://${local.user}:${ephemeral.aws_secretsmanager_random_password.first.random_password}",
    "@${aws_docdb_cluster.this.endpoint}:${local.port}/?tls=true&replicaSet=rs0",
    "&readPreference=primary&retryWrites=false",
  ])
  ephemeral = true
}

output "cluster_identifier" {
  description = "The cluster, as metrics and commands call it."
  value       = aws_docdb_cluster.this.cluster_identifier
}

output "cluster_arn" {
  description = "Its ARN."
  value       = aws_docdb_cluster.this.arn
}
