output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "Its addresses."
  value       = aws_vpc.this.cidr_block
}

output "private_subnet_ids" {
  description = "The subnets of programs and databases."
  value       = [for subnet in aws_subnet.private : subnet.id]
}

output "public_subnet_ids" {
  description = "The subnets of the load balancer; empty without one."
  value       = [for subnet in aws_subnet.public : subnet.id]
}
