variable "name" {
  description = "The first part of the repositories' names."
  type        = string
}

variable "images" {
  description = "The images: a repository each."
  type        = set(string)
}

variable "key_arn" {
  description = "The key that encrypts images."
  type        = string
}

variable "kept_images" {
  description = "How many images of each repository are kept."
  type        = number
  default     = 30
}

variable "force_destroy" {
  description = "Whether destroying a repository destroys its images."
  type        = bool
  default     = false
}
