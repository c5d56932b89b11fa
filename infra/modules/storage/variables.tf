variable "name" {
  description = "The installation's name."
  type        = string
}

variable "key_arn" {
  description = "The key that encrypts photos."
  type        = string
}

variable "queue_arn" {
  description = "The queue that hears of new originals. It must allow this bucket to send."
  type        = string
}

variable "page_origins" {
  description = "The sites whose pages send and fetch photos, such as https://studio.example."
  type        = list(string)
}

variable "deleted_photos_days" {
  description = "For how many days an accidentally deleted photo can be brought back by an operator."
  type        = number
  default     = 7
  validation {
    condition     = var.deleted_photos_days >= 1 && var.deleted_photos_days <= 30
    error_message = "deleted_photos_days must be 1 to 30: deleting deletes."
  }
}

variable "log_retention_days" {
  description = "How long access logs are kept."
  type        = number
}

variable "force_destroy" {
  description = "Whether destroying the installation destroys photos too. For trials alone."
  type        = bool
  default     = false
}
