variable "name" {
  description = "The installation's name."
  type        = string
}

variable "cidr" {
  description = "The addresses of the VPC, a /16 to /20."
  type        = string
  default     = "10.40.0.0/16"
}

variable "zone_count" {
  description = "How many availability zones have subnets, 2 or 3."
  type        = number
  default     = 2
  validation {
    condition     = contains([2, 3], var.zone_count)
    error_message = "zone_count must be 2 or 3: a load balancer and DocumentDB need two zones."
  }
}

variable "outbound" {
  description = "How private subnets reach the outside: `endpoints` (AWS alone) or `nat` (the whole internet)."
  type        = string
  validation {
    condition     = contains(["endpoints", "nat"], var.outbound)
    error_message = "outbound must be endpoints or nat."
  }
}

variable "public_subnets" {
  description = "Whether there are public subnets, for a load balancer."
  type        = bool
}

variable "interface_endpoints" {
  description = "The services that are reached through interface endpoints where there is no NAT."
  type        = set(string)
}

variable "key_arn" {
  description = "The key that encrypts the flow logs."
  type        = string
}

variable "log_retention_days" {
  description = "How long flow logs are kept."
  type        = number
}
