variable "region" {
  description = "The region of the services."
  type        = string
}

variable "public_url" {
  description = "The address under which browsers reach the studio."
  type        = string
}

variable "trusted_proxies" {
  description = "How many proxies stand before the program, or before the platform of a function."
  type        = number
}

variable "private_database" {
  description = "Whether the database is DocumentDB, whose certificates nobody else's programs know."
  type        = bool
}

variable "worker_creates_indexes" {
  description = "Whether the worker makes indexes that are missing: where no server does."
  type        = bool
}

variable "bucket" {
  description = "The bucket of photos."
  type        = string
}

variable "queue_url" {
  description = "The queue of jobs."
  type        = string
}

variable "dead_letter_queue_url" {
  description = "The queue of jobs that were given up."
  type        = string
}

variable "notices_topic_arn" {
  description = "The topic of notices."
  type        = string
}

variable "user_pool_id" {
  description = "The user pool."
  type        = string
}

variable "client_id" {
  description = "Its app client."
  type        = string
}

variable "secret_arn" {
  description = "The secret with the remaining settings."
  type        = string
}

variable "mail" {
  description = "The server by which mail is sent, such as { server = \"email-smtp.eu-central-1.amazonaws.com\", from = \"Studio <mail@example.com>\", user = \"...\" }. Its password is HALFTONE_MAIL_PASSWORD in the secret."
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
  description = "Variables with other values than Halftone's own, such as { HALFTONE_UPLOADS_LARGEST_PHOTO = \"512MiB\" }."
  type        = map(string)
  default     = {}
  validation {
    condition     = alltrue([for name in keys(var.tuning) : startswith(name, "HALFTONE_")])
    error_message = "The names of settings begin with HALFTONE_."
  }
}
