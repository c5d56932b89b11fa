variable "name" {
  description = "The installation's name."
  type        = string
}

variable "key_arn" {
  description = "The key that encrypts the secret."
  type        = string
}

variable "mongodb_uri" {
  description = "The connection string with user and password."
  type        = string
  ephemeral   = true
}

variable "cognito_client_secret" {
  description = "The app client's secret."
  type        = string
  sensitive   = true
}

variable "recovery_days" {
  description = "For how many days a deleted secret can be brought back: 7 to 30, or 0 for a trial."
  type        = number
  default     = 30
}
