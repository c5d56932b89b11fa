output "function_name" {
  description = "The function."
  value       = module.function.name
}
