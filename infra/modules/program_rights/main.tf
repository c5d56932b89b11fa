# What a program of Halftone does with an installation, as statements of its role. The programs differ in what they do with the
# queues; the rest is common to them. `cargo xtask infra` compares it with what the code calls.

locals {
  it = var.installation

  statements = {
    Files = {
      actions = [
        "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject",
      ]
      # No other keys are Halftone's.
      resources = ["${local.it.bucket_arn}/studios/*"]
    }
    Bucket = {
      actions   = ["s3:ListBucket", "s3:ListBucketMultipartUploads"]
      resources = [local.it.bucket_arn]
    }
    SendJobs = {
      actions   = ["sqs:GetQueueAttributes", "sqs:SendMessage"]
      resources = var.sends_to
    }
    ReceiveJobs = {
      actions = [
        "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage",
      ]
      resources = var.receives_from
    }
    CountJobs = {
      actions   = ["sqs:GetQueueAttributes"]
      resources = var.counts
    }
    Notices = {
      actions   = ["sns:Publish", "sns:Subscribe"]
      resources = [local.it.notices_topic_arn]
    }
    Subscriptions = {
      # These actions know no resource: SNS has topics to name, and a subscription is none.
      actions   = ["sns:GetSubscriptionAttributes", "sns:Unsubscribe"]
      resources = ["*"]
    }
    Logins = {
      # Everything else that Halftone asks of Cognito, it asks in the name of the user, and that needs no right.
      actions   = ["cognito-idp:AdminDeleteUser", "cognito-idp:AdminUserGlobalSignOut"]
      resources = [local.it.user_pool_arn]
    }
    Settings = {
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [local.it.secret_arn]
    }
    Key = {
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [local.it.key_arn]
    }
  }
}
