variable "name" {
  description = "The installation's name."
  type        = string
}

variable "release" {
  description = "Which release's package it runs."
  type        = string
}

variable "artifacts_bucket" {
  description = "The bucket of packages."
  type        = string
}

variable "architecture" {
  description = "x86_64 or arm64, as the package was built."
  type        = string
}

variable "memory_mb" {
  description = "Its memory. Three fifths are for pictures that are being rendered; 1769 MB bring one processor."
  type        = number
  default     = 1769
  validation {
    condition     = var.memory_mb >= 256 && var.memory_mb <= 10240
    error_message = "memory_mb must be 256 to 10240: below 256 a batch of large photos was killed in measurements."
  }
}

variable "timeout_seconds" {
  description = "How long a batch may take. No job begins that would not end in time."
  type        = number
  default     = 120
  validation {
    condition     = var.timeout_seconds >= 60 && var.timeout_seconds <= 900
    error_message = "timeout_seconds must be 60 to 900."
  }
}

variable "reserved_concurrency" {
  description = "How many batches run at once: a bound on cost, and on connections to the database."
  type        = number
  default     = 10
  validation {
    condition     = var.reserved_concurrency >= 2
    error_message = "reserved_concurrency must be 2 or more, the least that an event source mapping takes."
  }
}

variable "batch_size" {
  description = "The most messages of a batch."
  type        = number
  default     = 10
}

variable "turns" {
  description = "The schedule of turns where no server runs, such as rate(1 minute); null for none."
  type        = string
  default     = null
}

variable "environment" {
  description = "Its variables."
  type        = map(string)
}

variable "bucket_arn" {
  description = "The bucket of photos."
  type        = string
}

variable "queue_arn" {
  description = "The queue of jobs."
  type        = string
}

variable "dead_letter_queue_arn" {
  description = "The queue of jobs that were given up."
  type        = string
}

variable "notices_topic_arn" {
  description = "The topic of notices."
  type        = string
}

variable "user_pool_arn" {
  description = "The user pool."
  type        = string
}

variable "secret_arn" {
  description = "The secret with settings."
  type        = string
}

variable "key_arn" {
  description = "The key of the installation."
  type        = string
}

variable "vpc" {
  description = "Where it runs, if its database is in a VPC."
  type        = object({ id = string, cidr = string, subnet_ids = list(string) })
  default     = null
}

variable "log_retention_days" {
  description = "How long its log is kept."
  type        = number
}
