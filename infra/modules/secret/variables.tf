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

variable "proxy_secret" {
  description = "What CloudFront proves itself with to the API; null where it does not stand before it."
  type        = string
  sensitive   = true
  default     = null
}

variable "recovery_days" {
  description = "For how many days a deleted secret can be brought back: 7 to 30, or 0 for a trial."
  type        = number
  default     = 30
}
