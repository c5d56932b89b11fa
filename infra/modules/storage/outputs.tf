output "bucket" {
  description = "The bucket of photos."
  value       = aws_s3_bucket.photos.bucket
}

output "bucket_arn" {
  description = "Its ARN."
  value       = aws_s3_bucket.photos.arn
}

output "bucket_origin" {
  description = "Where URLs of photos lead to, for Content-Security-Policies."
  value       = "https://${aws_s3_bucket.photos.bucket_regional_domain_name}"
}

output "log_bucket" {
  description = "The bucket of access logs, once services may write there: a load balancer is refused before."
  value       = aws_s3_bucket.logs.bucket
  depends_on  = [aws_s3_bucket_policy.logs]
}
