# What must be there before anything else, once in an account: the bucket of Terraform's states, the bucket of packages, the
# repositories of images, and the roles of the pipelines. Its own state begins on the computer that applies it, and moves
# into the bucket afterwards; docs/operations.md says how.

terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.62.0" # what `cargo xtask infra` has checked
    }
  }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { application = "halftone", installation = "bootstrap" }
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

module "encryption" {
  source = "../modules/encryption"
  name   = "${var.name}-bootstrap"
}

module "registry" {
  source  = "../modules/registry"
  name    = var.name
  images  = ["server", "worker", "api"]
  key_arn = module.encryption.key_arn
}

locals {
  buckets = {
    state     = "${var.name}-state-${data.aws_caller_identity.current.account_id}"
    artifacts = "${var.name}-artifacts-${data.aws_caller_identity.current.account_id}"
  }
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:who changed a state is in CloudTrail; a log bucket for it would need a bootstrap of its own
  #checkov:skip=CKV_AWS_144:packages can be built again, and a state is rebuilt by import
  #checkov:skip=CKV2_AWS_62:nobody waits for states and packages
  #checkov:skip=CKV_AWS_21:versioned below, in a loop that the check does not follow
  #checkov:skip=CKV_AWS_145:encrypted below, in a loop that the check does not follow
  #checkov:skip=CKV2_AWS_6:closed below, in a loop that the check does not follow
  #checkov:skip=CKV2_AWS_61:has a lifecycle below, in a loop that the check does not follow
  for_each = local.buckets
  bucket   = each.value
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each                = aws_s3_bucket.this
  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# Versions of a state are its history, and the way back.
resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = module.encryption.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  rule {
    id     = "old-versions-go"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days           = 365
      newer_noncurrent_versions = 20
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
  depends_on = [aws_s3_bucket_versioning.this]
}

data "aws_iam_policy_document" "https_only" {
  for_each = aws_s3_bucket.this
  statement {
    sid       = "HttpsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [each.value.arn, "${each.value.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each   = aws_s3_bucket.this
  bucket     = each.value.id
  policy     = data.aws_iam_policy_document.https_only[each.key].json
  depends_on = [aws_s3_bucket_public_access_block.this]
}
