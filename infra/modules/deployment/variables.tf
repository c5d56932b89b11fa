variable "name" {
  description = "The installation's name."
  type        = string
}

variable "cluster_name" {
  description = "The cluster."
  type        = string
}

variable "service_name" {
  description = "The service that is deployed."
  type        = string
}

variable "listener_arns" {
  description = "The listeners that are moved."
  type        = object({ public = string, test = string })
}

variable "target_group_names" {
  description = "Blue and green."
  type        = list(string)
}

variable "alarm_names" {
  description = "The alarms that end a deployment and take it back."
  type        = list(string)
  validation {
    condition     = length(var.alarm_names) > 0
    error_message = "A deployment that no alarm watches is not taken back."
  }
}

variable "rollback_minutes" {
  description = "For how long the old tasks wait beside the new ones, so that going back is at once."
  type        = number
  default     = 30
}
