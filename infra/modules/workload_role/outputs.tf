output "arn" {
  description = "The role, once it has its rights: a function in a VPC or behind a queue is refused without them."
  value       = aws_iam_role.this.arn
  depends_on  = [aws_iam_role_policy.rights]
}
