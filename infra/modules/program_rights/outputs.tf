output "statements" {
  description = "For a workload_role."
  value       = { for sid, statement in local.statements : sid => statement if length(statement.resources) > 0 }
}
