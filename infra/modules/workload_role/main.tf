# The role of one program, with what that program does and nothing more.

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
    for_each = var.statements
    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
  # What the platform does in the program's name, and the program itself must not.
  dynamic "statement" {
    for_each = var.platform_actions == null ? [] : [var.platform_actions]
    content {
      sid       = "NotTheProgramItself"
      effect    = "Deny"
      actions   = statement.value.actions
      resources = ["*"]
      condition {
        test     = "ArnEquals"
        variable = "lambda:SourceFunctionArn"
        values   = [statement.value.function_arn]
      }
    }
  }
}

resource "aws_iam_role_policy" "rights" {
  #checkov:skip=CKV_AWS_355:some actions know no resource; each says so where it is listed
  #checkov:skip=CKV_AWS_290:some actions know no resource; each says so where it is listed
  name   = "rights"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.rights.json
}
