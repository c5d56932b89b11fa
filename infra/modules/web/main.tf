# The web UI in a bucket behind CloudFront, and the API under the same name. docs/web.md says why it is so.

locals {
  pages_origin = "pages"
  api_origin   = "api"
  # What the API answers. The pages have everything else.
  api_paths = ["/api/*", "/media/*", "/docs", "/healthz", "/readyz"]
  # The scripts inside the pages, by hash. The file is the build's own `csp.json`, and a test of the build fails when they differ.
  inline_scripts = [for hash in jsondecode(file("${path.module}/csp.json")).inline_scripts : "'${hash}'"]
  content_security_policy = join("; ", [
    "default-src 'none'",
    join(" ", concat(["script-src 'self'"], local.inline_scripts)),
    "style-src 'self'",
    "img-src 'self' data: blob: ${var.bucket_origin}",
    "connect-src 'self' ${var.bucket_origin}",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ])
  headers = {
    "Permissions-Policy"           = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    "Cross-Origin-Opener-Policy"   = "same-origin"
    "Cross-Origin-Resource-Policy" = "same-origin"
  }
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html and
  # .../using-managed-origin-request-policies.html: CachingDisabled, CachingOptimized, AllViewerExceptHostHeader.
  caching_disabled     = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  caching_optimized    = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  all_but_host_headers = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
}

data "aws_caller_identity" "current" {}

resource "aws_s3_bucket" "pages" {
  #checkov:skip=CKV_AWS_144:the pages are built from the repository and can be uploaded again
  #checkov:skip=CKV_AWS_145:the pages are public; CloudFront reads them with S3's own key
  #checkov:skip=CKV2_AWS_62:nobody waits for pages
  bucket        = "${var.name}-pages-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "pages" {
  bucket                  = aws_s3_bucket.pages.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "pages" {
  bucket = aws_s3_bucket.pages.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "pages" {
  bucket = aws_s3_bucket.pages.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "pages" {
  bucket = aws_s3_bucket.pages.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "pages" {
  bucket = aws_s3_bucket.pages.id
  rule {
    id     = "old-pages-go"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
  depends_on = [aws_s3_bucket_versioning.pages]
}

resource "aws_s3_bucket_logging" "pages" {
  bucket        = aws_s3_bucket.pages.id
  target_bucket = var.log_bucket
  target_prefix = "pages/"
}

data "aws_iam_policy_document" "pages" {
  statement {
    sid       = "CloudFrontReads"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.pages.arn}/*"]
    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudfront_distribution.this.arn]
    }
  }
  statement {
    sid       = "HttpsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.pages.arn, "${aws_s3_bucket.pages.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "pages" {
  bucket     = aws_s3_bucket.pages.id
  policy     = data.aws_iam_policy_document.pages.json
  depends_on = [aws_s3_bucket_public_access_block.pages]
}

resource "aws_cloudfront_origin_access_control" "pages" {
  name                              = "${var.name}-pages"
  description                       = "CloudFront signs what it asks the bucket of pages for"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# `/s/{token}` is the page of shares, every other path that names no file is the studio's.
resource "aws_cloudfront_function" "paths" {
  name    = "${var.name}-paths"
  comment = "Which path is which page"
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = file("${path.module}/paths.js")
}

# What the server sends with its own pages. Those of shares are nobody's search result.
resource "aws_cloudfront_response_headers_policy" "this" {
  #checkov:skip=CKV_AWS_259:a year for this host, as the server says; other hosts of the domain are not ours to bind
  for_each = {
    pages  = {}
    shares = { "X-Robots-Tag" = "noindex, nofollow" }
  }
  name    = "${var.name}-${each.key}"
  comment = "What the server sends with its own ${each.key}"
  security_headers_config {
    content_security_policy {
      content_security_policy = local.content_security_policy
      override                = true
    }
    content_type_options {
      override = true
    }
    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }
    strict_transport_security {
      access_control_max_age_sec = 31536000
      override                   = true
    }
  }
  custom_headers_config {
    dynamic "items" {
      for_each = merge(local.headers, each.value)
      content {
        header   = items.key
        value    = items.value
        override = true
      }
    }
  }
}

resource "aws_cloudfront_distribution" "this" {
  #checkov:skip=CKV_AWS_86:the log would hold the paths of shares, which are their tokens
  #checkov:skip=CKV_AWS_68:a team that has a web ACL gives it as web_acl_arn
  #checkov:skip=CKV2_AWS_47:a team that has a web ACL gives it as web_acl_arn
  #checkov:skip=CKV_AWS_310:one bucket and one API: there is nothing to fail over to
  #checkov:skip=CKV_AWS_374:couples live everywhere
  #checkov:skip=CKV2_AWS_32:every behaviour of pages has a policy; the API sends its own headers
  enabled             = true
  is_ipv6_enabled     = true
  comment             = "Halftone ${var.name}"
  aliases             = [var.domain_name]
  default_root_object = "index.html"
  http_version        = "http2and3"
  price_class         = var.price_class
  web_acl_id          = var.web_acl_arn

  origin {
    origin_id                = local.pages_origin
    domain_name              = aws_s3_bucket.pages.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.pages.id
  }

  origin {
    origin_id   = local.api_origin
    domain_name = var.api_host
    # The API answers nobody else. A header of the same name that a browser sends is replaced.
    custom_header {
      name  = "x-halftone-proxy"
      value = var.proxy_secret
    }
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id           = local.pages_origin
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = local.caching_optimized
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this["pages"].id
    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.paths.arn
    }
  }

  ordered_cache_behavior {
    path_pattern               = "/s/*"
    target_origin_id           = local.pages_origin
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = local.caching_optimized
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this["shares"].id
    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.paths.arn
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.api_paths
    content {
      path_pattern             = ordered_cache_behavior.value
      target_origin_id         = local.api_origin
      viewer_protocol_policy   = "https-only"
      allowed_methods          = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
      cached_methods           = ["GET", "HEAD"]
      compress                 = true
      cache_policy_id          = local.caching_disabled
      origin_request_policy_id = local.all_but_host_headers
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = var.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

resource "aws_route53_record" "studio" {
  for_each = toset(["A", "AAAA"])
  zone_id  = var.zone_id
  name     = var.domain_name
  type     = each.key
  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}
