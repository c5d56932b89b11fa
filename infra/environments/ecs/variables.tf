variable "name" {
  description = "The installation's name: lower-case letters, digits and hyphens. Everything in AWS bears it."
  type        = string
  default     = "halftone"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}$", var.name))
    error_message = "name must be 2 to 23 lower-case letters, digits and hyphens, and begin with a letter."
  }
}

variable "region" {
  description = "The region of everything."
  type        = string
}

variable "domain_name" {
  description = "The studio's name in the web, such as studio.example."
  type        = string
}

variable "zone_id" {
  description = "The hosted zone of Route 53 that the name lies in."
  type        = string
}

variable "release" {
  description = "Which release runs: the tag of its image, and the folder of the artifacts bucket with its packages."
  type        = string
}

variable "artifacts_bucket" {
  description = "The bucket of packages, made by infra/bootstrap."
  type        = string
}

variable "repository_url" {
  description = "Where the server's image is pulled from: output repository_urls of infra/bootstrap."
  type        = string
}

variable "repository_arn" {
  description = "That repository: output repository_arns of infra/bootstrap."
  type        = string
}

variable "zone_count" {
  description = "How many availability zones have subnets."
  type        = number
  default     = 2
}

variable "outbound" {
  description = "How private subnets reach the outside: `nat` is the whole internet, as Web Push, webhooks and mail need; `endpoints` is AWS alone, for a studio that does without them."
  type        = string
  default     = "nat"
  validation {
    condition     = var.outbound == "nat" || var.mail == null
    error_message = "A mail server is reached with outbound = \"nat\" alone."
  }
}

variable "server_architecture" {
  description = "For what the server's image was built: ARM64 or X86_64. Images of a release are built for both."
  type        = string
  default     = "ARM64"
  validation {
    condition     = contains(["ARM64", "X86_64"], var.server_architecture)
    error_message = "server_architecture must be ARM64 or X86_64."
  }
}

variable "server_cpu" {
  description = "Processor units of a server: 1024 are one."
  type        = number
  default     = 512
}

variable "server_memory_mb" {
  description = "Memory of a server."
  type        = number
  default     = 1024
}

variable "least_servers" {
  description = "How many servers run at least."
  type        = number
  default     = 2
}

variable "most_servers" {
  description = "How many servers run at most."
  type        = number
  default     = 8
}

variable "database_instance_class" {
  description = "`db.serverless`, which is paid by the capacity in use, or a class such as `db.t4g.medium`."
  type        = string
  default     = "db.serverless"
}

variable "database_instances" {
  description = "1, or 2 and more for a database that survives the loss of a zone."
  type        = number
  default     = 2
}

variable "database_capacity" {
  description = "The bounds of `db.serverless`, in capacity units of 2 GiB."
  type        = object({ least = number, most = number })
  default     = { least = 0.5, most = 8 }
}

variable "backup_days" {
  description = "To any second of how many past days the database can be restored, 1 to 35."
  type        = number
  default     = 14
}

variable "restore_from_snapshot" {
  description = "The snapshot that a new database begins with."
  type        = string
  default     = null
}

variable "worker_architecture" {
  description = "For what the worker's package was built: x86_64 or arm64."
  type        = string
  default     = "x86_64"
  validation {
    condition     = contains(["x86_64", "arm64"], var.worker_architecture)
    error_message = "worker_architecture must be x86_64 or arm64."
  }
}

variable "worker_memory_mb" {
  description = "Memory of the worker; 1769 MB bring one processor."
  type        = number
  default     = 1769
}

variable "worker_timeout_seconds" {
  description = "How long a batch of jobs may take."
  type        = number
  default     = 120
}

variable "worker_concurrency" {
  description = "How many batches of jobs run at once."
  type        = number
  default     = 10
}

variable "mail_identity_arn" {
  description = "A verified identity of SES that sends codes; without it Cognito sends 50 mails a day."
  type        = string
  default     = null
}

variable "mail_from" {
  description = "The sender's address, with mail_identity_arn."
  type        = string
  default     = null
}

variable "web_acl_arn" {
  description = "A web ACL of WAF (regional), if the team has one."
  type        = string
  default     = null
}

variable "alarm_addresses" {
  description = "The mail addresses of those who are told of alarms."
  type        = set(string)
  default     = []
}

variable "monthly_budget" {
  description = "What a month may cost in US dollars before mails are sent."
  type        = number
  default     = null
}

variable "log_retention_days" {
  description = "How long logs are kept; one of the numbers that CloudWatch knows."
  type        = number
  default     = 90
}

variable "deleted_photos_days" {
  description = "For how many days an operator can bring back a photo that was deleted, 1 to 30."
  type        = number
  default     = 7
}

variable "deletion_protection" {
  description = "Whether photos, documents and logins survive a `terraform destroy`. Off for trials alone."
  type        = bool
  default     = true
}

variable "mail" {
  description = "The server by which mail is sent: { server, from, user, port, protection }, of which the last three may be left out. Its password is HALFTONE_MAIL_PASSWORD in the secret. Without it nobody gets confirmations of orders."
  type = object({
    server     = string
    from       = string
    user       = optional(string)
    port       = optional(string)
    protection = optional(string)
  })
  default = null
}

variable "tuning" {
  description = "Settings of Halftone with other values than its own, by variable."
  type        = map(string)
  default     = {}
}
