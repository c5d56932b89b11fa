variable "name" {
  description = "The installation's name."
  type        = string
}

variable "deletion_protection" {
  description = "Whether the pool refuses to be deleted."
  type        = bool
  default     = true
}

variable "mail_identity_arn" {
  description = "A verified identity of SES that sends codes; null leaves it to Cognito, which sends 50 mails a day."
  type        = string
  default     = null
}

variable "mail_from" {
  description = "The sender's address, with mail_identity_arn."
  type        = string
  default     = null
}
