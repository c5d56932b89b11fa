output "pages_bucket" {
  description = "Where the built pages are uploaded."
  value       = aws_s3_bucket.pages.bucket
}

output "distribution_id" {
  description = "The distribution, for invalidations."
  value       = aws_cloudfront_distribution.this.id
}
