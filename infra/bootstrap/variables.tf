variable "name" {
  description = "How buckets, repositories and roles begin."
  type        = string
  default     = "halftone"
}

variable "region" {
  description = "The region of states, packages and images."
  type        = string
}

variable "installations" {
  description = "The names of the installations that the pipeline may apply."
  type        = set(string)
  default     = ["halftone"]
}

variable "github_repository" {
  description = "The repository whose workflows may deploy, such as halftone-studio/halftone; null for none."
  type        = string
  default     = null
}

variable "github_environments" {
  description = "The environments of that repository that may apply. Give each its reviewers."
  type        = list(string)
  default     = ["production"]
}
