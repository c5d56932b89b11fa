# The settings that are secrets, in one secret: the installation's key, the connection string, the app client's secret.
#
# Terraform writes its first version and never another: what is in it later is changed with the AWS command line or by the
# rotation. Neither the key nor the connection string is ever part of a state or a plan.

# 42 letters and digits and an A are 32 bytes in base64url, of which 250 bits are random: 42 x log2(62).
ephemeral "aws_secretsmanager_random_password" "key" {
  password_length     = 42
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:rotated by module rotation where the database is ours; nobody but its owner can rotate another one's password
  name                    = "${var.name}/settings"
  description             = "Variables of Halftone ${var.name} that are secrets; servers read it every five minutes"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.recovery_days
}

resource "aws_secretsmanager_secret_version" "first" {
  secret_id = aws_secretsmanager_secret.this.id
  secret_string_wo = jsonencode(merge(
    {
      HALFTONE_SECRETS_MASTER_KEY    = "${ephemeral.aws_secretsmanager_random_password.key.random_password}A"
      HALFTONE_MONGODB_URI           = var.mongodb_uri
      HALFTONE_COGNITO_CLIENT_SECRET = var.cognito_client_secret
    },
    var.proxy_secret == null ? {} : { HALFTONE_LAMBDA_PROXY_SECRET = var.proxy_secret },
  ))
  # Another number would write another key, and everything that the old one sealed would be lost.
  secret_string_wo_version = 1
  # Secrets Manager may delete a version without a stage, which this one would be after two rotations; Terraform would then
  # write the "first" version again, with another key. The second stage keeps it for good.
  version_stages = ["AWSCURRENT", "FIRST"]
  lifecycle {
    ignore_changes = [version_stages] # AWSCURRENT moves on
  }
}
