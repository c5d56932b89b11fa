variable "name" {
  description = "The role's name."
  type        = string
}

variable "service" {
  description = "Who runs the program, such as lambda.amazonaws.com."
  type        = string
}

variable "bucket_arns" {
  description = "Buckets in which it reads, writes and deletes photos."
  type        = list(string)
  default     = []
}

variable "send_queue_arns" {
  description = "Queues that it sends to."
  type        = list(string)
  default     = []
}

variable "receive_queue_arns" {
  description = "Queues that it receives from."
  type        = list(string)
  default     = []
}

variable "count_queue_arns" {
  description = "Queues whose messages it counts."
  type        = list(string)
  default     = []
}

variable "topic_arns" {
  description = "Topics through which it tells people."
  type        = list(string)
  default     = []
}

variable "user_pool_arns" {
  description = "User pools whose users it logs out and deletes."
  type        = list(string)
  default     = []
}

variable "secret_arns" {
  description = "Secrets that it reads."
  type        = list(string)
  default     = []
}

variable "key_arns" {
  description = "Keys that it encrypts and decrypts with."
  type        = list(string)
  default     = []
}

variable "log_group_arns" {
  description = "Log groups that it writes to."
  type        = list(string)
  default     = []
}

variable "in_vpc" {
  description = "Whether it is a function in a VPC."
  type        = bool
  default     = false
}

variable "statements" {
  description = "What else it may."
  type        = list(object({ sid = string, actions = list(string), resources = list(string) }))
  default     = []
}
