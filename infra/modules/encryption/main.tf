# One key for everything that an installation keeps at rest.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account_arn = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"
}

# In a key's own policy, the resource `*` is that key, and the account keeps it manageable: without this
# statement nobody could change the policy again.
data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:the account administers its key
  #checkov:skip=CKV_AWS_111:the account administers its key
  #checkov:skip=CKV_AWS_356:in a key's own policy the resource * is that key
  statement {
    sid       = "AccountAdministers"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [local.account_arn]
    }
  }
  statement {
    sid       = "ServicesOfThisAccountUse"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]
    principals {
      type = "Service"
      identifiers = [
        "cloudwatch.amazonaws.com", # alarms to the encrypted topic
        "s3.amazonaws.com",         # notices of new objects to the encrypted queue
      ]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
  statement {
    sid       = "LogGroupsUse"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["logs.${data.aws_region.current.region}.amazonaws.com"]
    }
    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [join(":", [
        "arn", data.aws_partition.current.partition, "logs", data.aws_region.current.region,
        data.aws_caller_identity.current.account_id, "log-group", "*",
      ])]
    }
  }
}

resource "aws_kms_key" "this" {
  description             = "Halftone ${var.name}: photos, messages, secrets, logs"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}
