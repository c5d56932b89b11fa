# Who may log in: photographers, by mail address and password. Clients of galleries need no account.

resource "aws_cognito_user_pool" "this" {
  name                     = var.name
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  deletion_protection      = var.deletion_protection ? "ACTIVE" : "INACTIVE"
  mfa_configuration        = "OPTIONAL"

  username_configuration {
    case_sensitive = false
  }

  software_token_mfa_configuration {
    enabled = true
  }

  password_policy {
    minimum_length                   = 12
    require_lowercase                = false
    require_numbers                  = false
    require_symbols                  = false
    require_uppercase                = false
    temporary_password_validity_days = 3
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  verification_message_template {
    default_email_option = "CONFIRM_WITH_CODE"
    email_subject        = "Your code for Halftone"
    email_message        = "Your code is {####}."
  }

  # Cognito's own sender is limited to 50 mails a day. A studio with more photographers gives an identity of SES.
  email_configuration {
    email_sending_account  = var.mail_identity_arn == null ? "COGNITO_DEFAULT" : "DEVELOPER"
    source_arn             = var.mail_identity_arn
    from_email_address     = var.mail_from
    reply_to_email_address = var.mail_from
  }
}

resource "aws_cognito_user_pool_client" "this" {
  name            = var.name
  user_pool_id    = aws_cognito_user_pool.this.id
  generate_secret = true
  # With rotation, refresh tokens have an operation of their own and the flow REFRESH_TOKEN_AUTH must be off.
  explicit_auth_flows           = ["ALLOW_USER_PASSWORD_AUTH"]
  prevent_user_existence_errors = "ENABLED"
  enable_token_revocation       = true
  access_token_validity         = 15
  id_token_validity             = 15
  refresh_token_validity        = 30
  read_attributes               = ["email", "email_verified"]
  write_attributes              = ["email"]

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }

  refresh_token_rotation {
    feature                    = "ENABLED"
    retry_grace_period_seconds = 0
  }
}
