# The HTTP API as a function behind an HTTP API of API Gateway. CloudFront stands before it and speaks to the world.

locals {
  name = "${var.name}-api"
}

module "rights" {
  source       = "../program_rights"
  installation = var.installation
  sends_to     = [var.installation.queue_arn]
  # Readiness asks both queues.
  counts = [var.installation.dead_letter_queue_arn]
}

module "function" {
  source               = "../function"
  name                 = local.name
  description          = "Halftone: the HTTP API"
  statements           = module.rights.statements
  package              = { bucket = var.artifacts_bucket, key = "${var.release}/halftone-api.zip" }
  architecture         = var.architecture
  memory_mb            = var.memory_mb
  timeout_seconds      = 29 # API Gateway waits for 30
  reserved_concurrency = var.reserved_concurrency
  environment          = var.environment
  key_arn              = var.installation.key_arn
  vpc                  = var.vpc
  log_retention_days   = var.log_retention_days
}

resource "aws_apigatewayv2_api" "this" {
  name          = var.name
  protocol_type = "HTTP"
  description   = "Halftone ${var.name}"
}

resource "aws_apigatewayv2_integration" "function" {
  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_uri        = module.function.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "everything" {
  #checkov:skip=CKV_AWS_309:the function itself authenticates; half of its routes are for clients without an account
  api_id    = aws_apigatewayv2_api.this.id
  route_key = "$default"
  target    = "integrations/${aws_apigatewayv2_integration.function.id}"
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/halftone/${var.name}/api-access"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.installation.key_arn
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    # Without the path: it can hold a signed URL or a token.
    format = jsonencode({
      requestId    = "$context.requestId"
      time         = "$context.requestTime"
      method       = "$context.httpMethod"
      status       = "$context.status"
      latency_ms   = "$context.responseLatency"
      bytes        = "$context.responseLength"
      errorMessage = "$context.error.message"
    })
  }

  default_route_settings {
    # Above what a wedding's guests do at once, below what empties a purse.
    throttling_burst_limit = var.burst_requests
    throttling_rate_limit  = var.requests_per_second
  }
}

resource "aws_lambda_permission" "api" {
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = module.function.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*"
}
