# The role of one program, with what that program does and nothing more. Each right is a list of the things it is for:
# an empty list is no right.

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = [var.service]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = var.name
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
}

data "aws_iam_policy_document" "rights" {
  dynamic "statement" {
    for_each = length(var.bucket_arns) > 0 ? ["files"] : []
    content {
      sid = "Files"
      actions = [
        "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject",
      ]
      # No other keys are Halftone's.
      resources = [for arn in var.bucket_arns : "${arn}/studios/*"]
    }
  }
  dynamic "statement" {
    for_each = length(var.bucket_arns) > 0 ? ["bucket"] : []
    content {
      sid       = "Bucket"
      actions   = ["s3:ListBucket", "s3:ListBucketMultipartUploads"]
      resources = var.bucket_arns
    }
  }
  dynamic "statement" {
    for_each = length(var.send_queue_arns) > 0 ? ["send"] : []
    content {
      sid       = "SendJobs"
      actions   = ["sqs:GetQueueAttributes", "sqs:SendMessage"]
      resources = var.send_queue_arns
    }
  }
  dynamic "statement" {
    for_each = length(var.receive_queue_arns) > 0 ? ["receive"] : []
    content {
      sid = "ReceiveJobs"
      actions = [
        "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage",
      ]
      resources = var.receive_queue_arns
    }
  }
  dynamic "statement" {
    for_each = length(var.count_queue_arns) > 0 ? ["count"] : []
    content {
      sid       = "CountJobs"
      actions   = ["sqs:GetQueueAttributes"]
      resources = var.count_queue_arns
    }
  }
  dynamic "statement" {
    for_each = length(var.topic_arns) > 0 ? ["notices"] : []
    content {
      sid     = "Notices"
      actions = ["sns:Publish", "sns:Subscribe", "sns:Unsubscribe"]
      # A subscription's ARN is that of its topic and a colon and a name.
      resources = flatten([for arn in var.topic_arns : [arn, "${arn}:*"]])
    }
  }
  dynamic "statement" {
    for_each = length(var.user_pool_arns) > 0 ? ["logins"] : []
    content {
      sid = "Logins"
      # Everything else that Halftone asks of Cognito, it asks in the name of the user, and that needs no right.
      actions   = ["cognito-idp:AdminDeleteUser", "cognito-idp:AdminUserGlobalSignOut"]
      resources = var.user_pool_arns
    }
  }
  dynamic "statement" {
    for_each = length(var.secret_arns) > 0 ? ["settings"] : []
    content {
      sid       = "Settings"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = var.secret_arns
    }
  }
  dynamic "statement" {
    for_each = length(var.key_arns) > 0 ? ["key"] : []
    content {
      sid       = "Key"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = var.key_arns
    }
  }
  dynamic "statement" {
    for_each = length(var.log_group_arns) > 0 ? ["log"] : []
    content {
      sid       = "Log"
      actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      resources = [for arn in var.log_group_arns : "${arn}:*"]
    }
  }
  dynamic "statement" {
    for_each = var.in_vpc ? ["interfaces"] : []
    content {
      sid = "NetworkInterfaces"
      # A function's service makes them; these actions know no resource to name (AWSLambdaVPCAccessExecutionRole says the same).
      actions   = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"]
      resources = ["*"]
    }
  }
  dynamic "statement" {
    for_each = var.statements
    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
}

resource "aws_iam_role_policy" "rights" {
  #checkov:skip=CKV_AWS_355:the actions on network interfaces know no resource
  #checkov:skip=CKV_AWS_290:the actions on network interfaces know no resource
  name   = "rights"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.rights.json
}
