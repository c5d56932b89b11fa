variable "name" {
  description = "The installation's name."
  type        = string
}

variable "key_arn" {
  description = "The key that encrypts the topic of alarms."
  type        = string
}

variable "alarm_addresses" {
  description = "The mail addresses of those who are told of alarms. Each must confirm once."
  type        = set(string)
}

variable "queues" {
  description = "The queue of jobs, and that of jobs that were given up."
  type        = object({ jobs = string, dead_letters = string })
}

variable "functions" {
  description = "Functions that are watched, by what they are."
  type        = map(string)
}

variable "rotation_function" {
  description = "The function that changes the database's password, if there is one."
  type        = string
  default     = null
}

variable "log_groups" {
  description = "Log groups whose lines of level error are counted, by what writes them."
  type        = map(string)
}

# An object, because whether there is one must be known before its id is.
variable "api" {
  description = "The HTTP API, if there is one."
  type        = object({ id = string })
  default     = null
}

variable "balancer" {
  description = "The load balancer and its target groups as metrics call them, if there is one."
  type        = object({ metric = string, target_groups = map(string) })
  default     = null
}

variable "cluster_identifier" {
  description = "The DocumentDB cluster, if it is ours."
  type        = string
  default     = null
}

variable "most_connections" {
  description = "How many connections of the database are too many."
  type        = number
  default     = 400
}

variable "monthly_budget" {
  description = "What a month may cost in US dollars before mails are sent; null for no such mails."
  type        = number
  default     = null
}
