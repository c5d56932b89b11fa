variable "name" {
  description = "The installation's name."
  type        = string
}

variable "image" {
  description = "The image of the server, with its tag or digest."
  type        = string
}

variable "repository_arn" {
  description = "The repository that the image is pulled from."
  type        = string
}

variable "architecture" {
  description = "X86_64 or ARM64."
  type        = string
  default     = "ARM64"
}

variable "cpu" {
  description = "Processor units of a task: 1024 are one."
  type        = number
  default     = 512
}

variable "memory_mb" {
  description = "Memory of a task. Previews of a watermark are rendered in it."
  type        = number
  default     = 1024
}

variable "least_tasks" {
  description = "How many tasks run at least."
  type        = number
  default     = 2
}

variable "most_tasks" {
  description = "How many tasks run at most."
  type        = number
  default     = 8
}

variable "requests_per_task_and_minute" {
  description = "How many requests a task should have to answer in a minute."
  type        = number
  default     = 3000
}

variable "environment" {
  description = "The server's variables."
  type        = map(string)
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "vpc_cidr" {
  description = "Its addresses."
  type        = string
}

variable "public_subnet_ids" {
  description = "The subnets of the load balancer."
  type        = list(string)
}

variable "private_subnet_ids" {
  description = "The subnets of the tasks."
  type        = list(string)
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
  description = "The certificate of that name."
  type        = string
}

variable "web_acl_arn" {
  description = "A web ACL of WAF before the load balancer, if the team has one."
  type        = string
  default     = null
}

variable "log_bucket" {
  description = "The bucket of access logs."
  type        = string
}

variable "access_logs" {
  description = "Whether the load balancer logs requests. The log has paths, and so tokens of shares: treat it as a secret."
  type        = bool
  default     = true
}

variable "deletion_protection" {
  description = "Whether the load balancer refuses to be deleted."
  type        = bool
  default     = true
}

variable "installation" {
  description = "What it works with: output installation of module base."
  type = object({
    bucket_arn            = string
    queue_arn             = string
    dead_letter_queue_arn = string
    notices_topic_arn     = string
    user_pool_arn         = string
    secret_arn            = string
    key_arn               = string
  })
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
}
