variable "name" {
  description = "The role's name."
  type        = string
}

variable "service" {
  description = "Who runs the program, such as lambda.amazonaws.com."
  type        = string
}

variable "statements" {
  description = "What it may, by name: actions, and the things that they are for."
  type        = map(object({ actions = list(string), resources = list(string) }))
}

variable "platform_actions" {
  description = "Actions among them that a function's service needs, and the code of that function is refused."
  type        = object({ actions = list(string), function_arn = string })
  default     = null
}
