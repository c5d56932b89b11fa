variable "name" {
  description = "The installation's name."
  type        = string
}

variable "key_arn" {
  description = "The key that encrypts documents and backups."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in two zones or more."
  type        = list(string)
}

variable "client_security_group_ids" {
  description = "The security groups of the programs that may connect, by what they are."
  type        = map(string)
}

variable "instance_class" {
  description = "`db.serverless`, which is paid by the capacity in use, or a class such as `db.t4g.medium`."
  type        = string
  default     = "db.serverless"
}

variable "instance_count" {
  description = "1, or 2 and more for a database that survives the loss of a zone."
  type        = number
}

variable "capacity" {
  description = "The bounds of `db.serverless`, in capacity units of 2 GiB."
  type        = object({ least = number, most = number })
  default     = { least = 0.5, most = 8 }
}

variable "backup_days" {
  description = "To any second of how many past days the database can be restored, 1 to 35."
  type        = number
  default     = 14
}

variable "deletion_protection" {
  description = "Whether the cluster refuses to be deleted, and leaves a snapshot behind."
  type        = bool
  default     = true
}

variable "snapshot_identifier" {
  description = "The snapshot that a new cluster begins with, when an installation is restored."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "How long its logs are kept: changes of the schema, and slow commands."
  type        = number
}
