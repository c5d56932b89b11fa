variable "name" {
  description = "The installation's name."
  type        = string
}

variable "domain_name" {
  description = "The studio's name in the web."
  type        = string
}

variable "zone_id" {
  description = "The hosted zone that it lies in."
  type        = string
}

variable "certificate_arn" {
  description = "The certificate of that name, in us-east-1, where CloudFront looks."
  type        = string
}

variable "api_host" {
  description = "The host of the API."
  type        = string
}

variable "proxy_secret" {
  description = "What the API knows CloudFront by."
  type        = string
  sensitive   = true
}

variable "bucket_origin" {
  description = "Where URLs of photos lead to."
  type        = string
}

variable "log_bucket" {
  description = "The bucket of access logs."
  type        = string
}

variable "price_class" {
  description = "From which places CloudFront serves."
  type        = string
  default     = "PriceClass_100"
}

variable "web_acl_arn" {
  description = "A web ACL of WAF (global) before the studio, if the team has one."
  type        = string
  default     = null
}
