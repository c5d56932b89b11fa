variable "name" {
  description = "The installation's name."
  type        = string
}

variable "release" {
  description = "Which release's package it runs."
  type        = string
}

variable "artifacts_bucket" {
  description = "The bucket of packages."
  type        = string
}

variable "architecture" {
  description = "x86_64 or arm64, as the package was built."
  type        = string
}

# By the renderer's own estimate, a print of a 24-megapixel JPEG takes 144 MB for the decoded original and nine bytes for each of
# its own pixels: 314 MB for 30 x 45 cm. Three fifths of the memory are for that, and a picture that needs more is refused. 1769 MB
# take prints up to 60 x 90 cm of 45 megapixels; all that `uploads.most_megapixels` lets in, 150, needs 3008. Proofs alone were safe
# from 256 MB. A run makes 20 prints of a lab pack, which with less than half a processor does not end in time.
variable "memory_mb" {
  description = "Its memory. Three fifths are for pictures that are being rendered; 1769 MB bring one processor."
  type        = number
  default     = 1769
  validation {
    condition     = var.memory_mb >= 1024 && var.memory_mb <= 10240
    error_message = "memory_mb must be 1024 to 10240: below 1024 large prints of a lab pack are refused or do not end in time."
  }
}

variable "timeout_seconds" {
  description = "How long a batch may take. No job begins that would not end in time."
  type        = number
  default     = 120
  validation {
    condition     = var.timeout_seconds >= 60 && var.timeout_seconds <= 900
    error_message = "timeout_seconds must be 60 to 900."
  }
}

variable "reserved_concurrency" {
  description = "How many batches run at once: a bound on cost, and on connections to the database."
  type        = number
  default     = 10
  validation {
    condition     = var.reserved_concurrency >= 2
    error_message = "reserved_concurrency must be 2 or more, the least that an event source mapping takes."
  }
}

variable "batch_size" {
  description = "The most messages of a batch."
  type        = number
  default     = 10
}

variable "turns" {
  description = "The schedule of turns where no server runs, such as rate(1 minute); null for none."
  type        = string
  default     = null
}

variable "environment" {
  description = "Its variables."
  type        = map(string)
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

variable "vpc" {
  description = "Where it runs, if its database is in a VPC."
  type        = object({ id = string, cidr = string, subnet_ids = list(string) })
  default     = null
}

variable "log_retention_days" {
  description = "How long its log is kept."
  type        = number
}
