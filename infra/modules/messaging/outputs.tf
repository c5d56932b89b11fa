output "queue_url" {
  description = "The queue of jobs."
  value       = aws_sqs_queue.jobs.url
}

output "queue_arn" {
  description = "Its ARN."
  value       = aws_sqs_queue.jobs.arn
  # Whoever lets the bucket send needs the permission first.
  depends_on = [aws_sqs_queue_policy.jobs]
}

output "queue_name" {
  description = "Its name, as metrics call it."
  value       = aws_sqs_queue.jobs.name
}

output "dead_letter_queue_url" {
  description = "The queue of jobs that were given up."
  value       = aws_sqs_queue.dead.url
}

output "dead_letter_queue_arn" {
  description = "Its ARN."
  value       = aws_sqs_queue.dead.arn
}

output "dead_letter_queue_name" {
  description = "Its name, as metrics call it."
  value       = aws_sqs_queue.dead.name
}

output "notices_topic_arn" {
  description = "The topic of notices for photographers."
  value       = aws_sns_topic.notices.arn
}
