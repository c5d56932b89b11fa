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

variable "secret_arn" {
  description = "The secret with settings."
  type        = string
}

variable "cluster_identifier" {
  description = "The cluster whose password is changed."
  type        = string
}

variable "cluster_arn" {
  description = "Its ARN."
  type        = string
}

variable "functions" {
  description = "ARNs of the functions that must start anew, by their names. Servers do so by themselves."
  type        = map(string)
}

variable "days" {
  description = "After how many days the password changes."
  type        = number
  default     = 30
}

variable "key_arn" {
  description = "The key of the installation."
  type        = string
}

variable "log_retention_days" {
  description = "How long the log is kept."
  type        = number
}
