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
  description = "Its memory; previews of a watermark are rendered here."
  type        = number
  default     = 1024
}

variable "reserved_concurrency" {
  description = "How many requests are answered at once."
  type        = number
  default     = 50
}

variable "requests_per_second" {
  description = "How many requests a second are let through in the long run."
  type        = number
  default     = 200
}

variable "burst_requests" {
  description = "How many are let through at once."
  type        = number
  default     = 400
}

variable "environment" {
  description = "Its variables."
  type        = map(string)
}

variable "installation" {
  description = "What it works with: output installation of module base."
  type = object({
    bucket_arn            = string
    queue_arn             = string
    dead_letter_queue_arn = string
    notices_topic_arn     = string
    user_pool_arn         = string
    secret_arn            = string
    key_arn               = string
  })
}

variable "vpc" {
  description = "Where it runs, if its database is in a VPC."
  type        = object({ id = string, cidr = string, subnet_ids = list(string) })
  default     = null
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
}
