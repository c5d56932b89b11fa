# A certificate of ACM, proven by records in the zone.

resource "aws_acm_certificate" "this" {
  domain_name       = var.domain_name
  validation_method = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

# One name has one record; its values are known when ACM has answered, its name before.
resource "aws_route53_record" "proof" {
  for_each        = toset([var.domain_name])
  zone_id         = var.zone_id
  name            = one([for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_name if option.domain_name == each.key])
  type            = one([for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_type if option.domain_name == each.key])
  records         = [for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_value if option.domain_name == each.key]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [for record in aws_route53_record.proof : record.fqdn]
}
