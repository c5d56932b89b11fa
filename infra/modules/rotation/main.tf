# Changes the password of the database every so many days: in the cluster, then in the connection string of the secret.

data "aws_caller_identity" "current" {}

module "function" {
  source               = "../function"
  name                 = "${var.name}-rotation"
  description          = "Halftone: a new password for the database"
  package              = { bucket = var.artifacts_bucket, key = "${var.release}/halftone-rotation.zip" }
  runtime              = "python3.13"
  handler              = "rotate.handle"
  memory_mb            = 256
  timeout_seconds      = 600
  reserved_concurrency = 1
  key_arn              = var.key_arn
  log_retention_days   = var.log_retention_days
  environment = {
    CLUSTER   = var.cluster_identifier
    FUNCTIONS = join(" ", keys(var.functions))
  }
  statements = {
    TheSecret = {
      actions = [
        "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ]
      resources = [var.secret_arn]
    }
    Key = {
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [var.key_arn]
    }
    ChangeThePassword = {
      actions   = ["rds:DescribeDBClusters", "rds:ModifyDBCluster"] # DocumentDB's actions bear the name of RDS
      resources = [var.cluster_arn]
    }
    StartFunctionsAnew = {
      actions   = ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"]
      resources = values(var.functions)
    }
  }
}

resource "aws_lambda_permission" "rotation" {
  statement_id   = "rotation"
  action         = "lambda:InvokeFunction"
  function_name  = module.function.name
  principal      = "secretsmanager.amazonaws.com"
  source_account = data.aws_caller_identity.current.account_id
  source_arn     = var.secret_arn
}

resource "aws_secretsmanager_secret_rotation" "this" {
  secret_id           = var.secret_arn
  rotation_lambda_arn = module.function.arn
  # At once: the first password has been in the memory of whoever ran Terraform.
  rotate_immediately = true
  rotation_rules {
    automatically_after_days = var.days
  }
  depends_on = [aws_lambda_permission.rotation]
}
