# The roles of GitHub Actions. No key is stored anywhere: GitHub vouches for each run, and AWS looks at which repository,
# branch and environment it is. What plans may only read; what applies runs behind the approval of its environment.

locals {
  github = "token.actions.githubusercontent.com"
  roles = var.github_repository == null ? {} : {
    # A pull request: reads everything, changes nothing.
    plan = {
      subjects = ["repo:${var.github_repository}:pull_request", "repo:${var.github_repository}:ref:refs/heads/main"]
      managed  = ["ReadOnlyAccess"]
    }
    # The environments, whose reviewers approve each run.
    apply = {
      subjects = [for environment in var.github_environments : "repo:${var.github_repository}:environment:${environment}"]
      managed  = ["PowerUserAccess"]
    }
    # A release: pushes images and packages.
    release = {
      subjects = ["repo:${var.github_repository}:environment:release"]
      managed  = []
    }
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = var.github_repository == null ? 0 : 1
  url            = "https://${local.github}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "trust" {
  for_each = local.roles
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github[0].arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.github}:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.github}:sub"
      values   = each.value.subjects
    }
  }
}

resource "aws_iam_role" "pipeline" {
  for_each             = local.roles
  name                 = "${var.name}-pipeline-${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = 7200
}

resource "aws_iam_role_policy_attachment" "managed" {
  for_each = merge([for role, description in local.roles : {
    for policy in description.managed : "${role}-${policy}" => { role = role, policy = policy }
  }]...)
  role       = aws_iam_role.pipeline[each.value.role].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/${each.value.policy}"
}

# A plan locks the state, and reads it with the key.
data "aws_iam_policy_document" "state" {
  statement {
    sid       = "LockTheState"
    actions   = ["s3:DeleteObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.this["state"].arn}/*.tflock"]
  }
  statement {
    sid       = "ReadTheState"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.encryption.key_arn]
  }
}

resource "aws_iam_role_policy" "state" {
  for_each = { for role in ["plan", "apply"] : role => role if contains(keys(local.roles), role) }
  name     = "state"
  role     = aws_iam_role.pipeline[each.key].name
  policy   = data.aws_iam_policy_document.state.json
}

# What PowerUserAccess leaves out: roles. Those of installations alone, which all bear their name.
data "aws_iam_policy_document" "roles" {
  statement {
    sid = "RolesOfInstallations"
    actions = [
      "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
      "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies", "iam:PassRole", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
    ]
    resources = [for prefix in var.installations :
    "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/${prefix}-*"]
  }
  statement {
    # Or the pipeline could give itself more.
    sid       = "NotThePipelinesOwn"
    effect    = "Deny"
    actions   = ["iam:*"]
    resources = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/${var.name}-pipeline-*"]
  }
}

resource "aws_iam_role_policy" "roles" {
  for_each = { for role in ["apply"] : role => role if contains(keys(local.roles), role) }
  name     = "roles"
  role     = aws_iam_role.pipeline[each.key].name
  policy   = data.aws_iam_policy_document.roles.json
}

data "aws_iam_policy_document" "release" {
  statement {
    sid       = "Packages"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.this["artifacts"].arn}/*"]
  }
  statement {
    sid = "Images"
    actions = [
      "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
    ]
    resources = values(module.registry.repository_arns)
  }
  statement {
    sid       = "LogInToTheRegistry"
    actions   = ["ecr:GetAuthorizationToken"] # knows no resource
    resources = ["*"]
  }
  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.encryption.key_arn]
  }
}

resource "aws_iam_role_policy" "release" {
  for_each = { for role in ["release"] : role => role if contains(keys(local.roles), role) }
  name     = "release"
  role     = aws_iam_role.pipeline[each.key].name
  policy   = data.aws_iam_policy_document.release.json
}
