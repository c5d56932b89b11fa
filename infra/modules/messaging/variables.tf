variable "name" {
  description = "The installation's name."
  type        = string
}

variable "key_arn" {
  description = "The key that encrypts messages."
  type        = string
}

variable "visibility_timeout_seconds" {
  description = "For how long a received message is hidden: six times the timeout of the worker's function, as AWS advises."
  type        = number
}

variable "max_receive_count" {
  description = "After how many receptions a message that nobody can read becomes a dead letter."
  type        = number
  default     = 20
  validation {
    condition     = var.max_receive_count >= 15
    error_message = "max_receive_count must be larger than jobs.most_outage_deliveries (12) by three or more."
  }
}
