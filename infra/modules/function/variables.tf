variable "name" {
  description = "The function's name."
  type        = string
}

variable "description" {
  description = "What it does."
  type        = string
}

variable "statements" {
  description = "What it may, besides writing its log: statements of a workload_role."
  type        = map(object({ actions = list(string), resources = list(string) }))
}

variable "package" {
  description = "Where its package lies."
  type        = object({ bucket = string, key = string })
}

variable "runtime" {
  description = "What runs it."
  type        = string
  default     = "provided.al2023"
}

variable "handler" {
  description = "What the runtime calls; programs of ours are called whole."
  type        = string
  default     = "bootstrap"
}

variable "architecture" {
  description = "x86_64 or arm64, as the package was built."
  type        = string
  default     = "x86_64"
}

variable "memory_mb" {
  description = "Its memory. 1769 MB bring one processor."
  type        = number
}

variable "timeout_seconds" {
  description = "How long an invocation may take."
  type        = number
}

variable "reserved_concurrency" {
  description = "How many invocations may run at once; the account keeps that many for it. -1 is no bound."
  type        = number
}

variable "environment" {
  description = "Its variables."
  type        = map(string)
}

variable "key_arn" {
  description = "The key that encrypts its log."
  type        = string
}

variable "vpc" {
  description = "Where it runs, if its database is in a VPC."
  type        = object({ id = string, cidr = string, subnet_ids = list(string) })
  default     = null
}

variable "log_retention_days" {
  description = "How long its log is kept."
  type        = number
}
