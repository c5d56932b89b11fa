# A function of AWS Lambda, with its role, its log group and its security group.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  # Written out, because the role comes before the function.
  function_arn = join(":", [
    "arn", data.aws_partition.current.partition, "lambda", data.aws_region.current.region,
    data.aws_caller_identity.current.account_id, "function", var.name,
  ])
  log = {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }
  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html: these actions know no resource. The service makes the
  # interfaces; code of ours that an intruder has taken over must not.
  interfaces = {
    actions = [
      "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
    ]
    resources = ["*"]
  }
}

module "role" {
  source           = "../workload_role"
  name             = var.name
  service          = "lambda.amazonaws.com"
  statements       = merge(var.statements, { Log = local.log }, var.vpc == null ? {} : { NetworkInterfaces = local.interfaces })
  platform_actions = var.vpc == null ? null : { actions = local.interfaces.actions, function_arn = local.function_arn }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

resource "aws_security_group" "this" {
  count       = var.vpc == null ? 0 : 1
  name        = var.name
  description = "The function ${var.name}: nothing comes in"
  vpc_id      = var.vpc.id
  tags        = { Name = var.name }
}

resource "aws_vpc_security_group_egress_rule" "https" {
  count             = var.vpc == null ? 0 : 1
  security_group_id = aws_security_group.this[0].id
  description       = "HTTPS to AWS and, with a NAT, to the internet"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "mail" {
  for_each          = var.vpc == null ? {} : { tls = 465, starttls = 587 }
  security_group_id = aws_security_group.this[0].id
  description       = "Mail, to a server that takes it from users"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

resource "aws_vpc_security_group_egress_rule" "database" {
  count             = var.vpc == null ? 0 : 1
  security_group_id = aws_security_group.this[0].id
  description       = "DocumentDB"
  cidr_ipv4         = var.vpc.cidr
  ip_protocol       = "tcp"
  from_port         = 27017
  to_port           = 27017
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:the programs write no traces; durations and errors are metrics of the platform
  #checkov:skip=CKV_AWS_116:what is invoked through a queue has that queue's dead letters, and a turn that fails is made up by the next
  #checkov:skip=CKV_AWS_117:in the VPC where the database is; without one, a VPC would only cost
  #checkov:skip=CKV_AWS_173:no variable is a secret, those come from Secrets Manager; with Lambda's own key nobody needs grants on ours
  #checkov:skip=CKV_AWS_272:packages come from a bucket that the release pipeline alone can write
  function_name                  = var.name
  description                    = var.description
  role                           = module.role.arn
  s3_bucket                      = var.package.bucket
  s3_key                         = var.package.key
  runtime                        = var.runtime
  handler                        = var.handler
  architectures                  = [var.architecture]
  memory_size                    = var.memory_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = var.environment
  }

  dynamic "vpc_config" {
    for_each = var.vpc == null ? [] : [var.vpc]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = [aws_security_group.this[0].id]
    }
  }

  logging_config {
    log_format = "Text" # the programs write JSON themselves
    log_group  = aws_cloudwatch_log_group.this.name
  }

  lifecycle {
    # The rotation changes it, so that the function starts anew with the new password.
    ignore_changes = [environment[0].variables["SETTINGS_VERSION"]]
  }
}
