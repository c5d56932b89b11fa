variable "domain_name" {
  description = "The name that the certificate is for."
  type        = string
}

variable "zone_id" {
  description = "The hosted zone of Route 53 that the name lies in."
  type        = string
}
