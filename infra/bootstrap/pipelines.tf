# The roles of GitHub Actions. No key is stored anywhere: GitHub vouches for each run, and AWS looks at which repository and
# environment it is. What plans sees the state and nothing else; what applies runs behind the approval of its environment.

locals {
  github = "token.actions.githubusercontent.com"
  installation_roles = [for prefix in var.installations :
  "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/${prefix}-*"]
  roles = var.github_repository == null ? {} : {
    # A pull request: compares the change with the state. Reading the installation itself would take the right to read its
    # secret, and whoever opens a pull request could have it.
    plan = {
      subjects = ["repo:${var.github_repository}:pull_request"]
      managed  = []
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

data "aws_iam_policy_document" "plan" {
  statement {
    sid       = "ReadStates"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.this["state"].arn}/*"]
  }
  statement {
    sid       = "FindStates"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.this["state"].arn]
  }
  statement {
    sid       = "LockStates"
    actions   = ["s3:DeleteObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.this["state"].arn}/*.tflock"]
  }
  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.encryption.key_arn]
  }
  statement {
    # What a plan asks even without looking at the installation: zones, and passwords that it throws away.
    sid       = "KnowNoResource"
    actions   = ["ec2:DescribeAvailabilityZones", "secretsmanager:GetRandomPassword"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "plan" {
  #checkov:skip=CKV_AWS_355:the last actions know no resource
  for_each = { for role in ["plan"] : role => role if contains(keys(local.roles), role) }
  name     = "plan"
  role     = aws_iam_role.pipeline[each.key].name
  policy   = data.aws_iam_policy_document.plan.json
}

# What PowerUserAccess leaves out: roles. Those of installations alone, which all bear their name.
data "aws_iam_policy_document" "roles" {
  statement {
    sid = "RolesOfInstallations"
    actions = [
      "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies", "iam:PassRole", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
    ]
    resources = local.installation_roles
  }
  statement {
    # The one policy of AWS's own that a role of an installation has.
    sid       = "PoliciesOfAws"
    actions   = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
    resources = local.installation_roles
    condition {
      test     = "ArnEquals"
      variable = "iam:PolicyARN"
      values   = ["arn:${data.aws_partition.current.partition}:iam::aws:policy/AWSCodeDeployRoleForECS"]
    }
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
    sid = "Packages"
    # Reading, because a version that is there already is not replaced.
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.this["artifacts"].arn}/*"]
  }
  statement {
    # Without it, what is not there is forbidden, and cannot be told from what is.
    sid       = "WhichPackages"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.this["artifacts"].arn]
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
