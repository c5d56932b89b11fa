variable "installation" {
  description = "What the program works with: output installation of module base."
  type = object({
    bucket_arn        = string
    notices_topic_arn = string
    user_pool_arn     = string
    secret_arn        = string
    key_arn           = string
  })
}

variable "sends_to" {
  description = "Queues that it sends to."
  type        = list(string)
}

variable "receives_from" {
  description = "Queues that it receives from."
  type        = list(string)
  default     = []
}

variable "counts" {
  description = "Queues whose messages it counts, and does nothing else with."
  type        = list(string)
  default     = []
}
