variable "name" {
  description = "The installation's name."
  type        = string
}

variable "region" {
  description = "The region of everything."
  type        = string
}

variable "public_url" {
  description = "The address under which browsers reach the studio."
  type        = string
}

variable "mongodb_uri" {
  description = "The connection string of the database, with user and password."
  type        = string
  ephemeral   = true
}

variable "behind_cloudfront" {
  description = "Whether CloudFront stands before the API, and nobody may go past it."
  type        = bool
}

variable "private_database" {
  description = "Whether the database is DocumentDB, whose certificates nobody else's programs know."
  type        = bool
}

variable "worker_creates_indexes" {
  description = "Whether the worker makes indexes that are missing: where no server does."
  type        = bool
}

variable "worker_timeout_seconds" {
  description = "How long a batch of jobs may take; a job is hidden from other workers for six times that."
  type        = number
}

variable "mail_identity_arn" {
  description = "A verified identity of SES that sends codes; null leaves it to Cognito."
  type        = string
}

variable "mail_from" {
  description = "The sender's address, with mail_identity_arn."
  type        = string
}

variable "mail" {
  description = "The server by which Halftone's own mail is sent."
  type = object({
    server     = string
    from       = string
    user       = optional(string)
    port       = optional(string)
    protection = optional(string)
  })
}

variable "tuning" {
  description = "Settings of Halftone with other values than its own, by variable."
  type        = map(string)
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
}

variable "deleted_photos_days" {
  description = "For how many days an operator can bring back a photo that was deleted."
  type        = number
}

variable "deletion_protection" {
  description = "Whether photos, logins and the secret survive a `terraform destroy`."
  type        = bool
}
