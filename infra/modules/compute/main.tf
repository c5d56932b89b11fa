# The servers: tasks on Fargate in private subnets, as many as are needed.

data "aws_region" "current" {}

locals {
  name = "${var.name}-server"
  port = 8080
}

resource "aws_ecs_cluster" "this" {
  name = var.name
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_cloudwatch_log_group" "server" {
  name              = "/halftone/${var.name}/server"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.installation.key_arn
}

module "rights" {
  source       = "../program_rights"
  installation = var.installation
  sends_to     = [var.installation.queue_arn]
  # Dead letters are listed and retried by the commands of an operator, who runs them as a task of this role.
  receives_from = [var.installation.queue_arn, var.installation.dead_letter_queue_arn]
}

module "role" {
  source     = "../workload_role"
  name       = local.name
  service    = "ecs-tasks.amazonaws.com"
  statements = module.rights.statements
}

# What the platform does to start a task, and the program must not. Images and logs are decrypted by grants of their services.
module "execution_role" {
  source  = "../workload_role"
  name    = "${local.name}-execution"
  service = "ecs-tasks.amazonaws.com"
  statements = {
    Log = {
      actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      resources = ["${aws_cloudwatch_log_group.server.arn}:*"]
    }
    PullTheImage = {
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = [var.repository_arn]
    }
    LogInToTheRegistry = {
      actions   = ["ecr:GetAuthorizationToken"] # knows no resource
      resources = ["*"]
    }
  }
}

resource "aws_ecs_task_definition" "server" {
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory_mb
  task_role_arn            = module.role.arn
  execution_role_arn       = module.execution_role.arn
  # An older revision is what a deployment goes back to.
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  container_definitions = jsonencode([{
    name                   = "server"
    image                  = var.image
    essential              = true
    readonlyRootFilesystem = true
    privileged             = false
    user                   = "65532:65532"
    command                = ["serve"]
    environment            = [for name in sort(keys(var.environment)) : { name = name, value = var.environment[name] }]
    portMappings           = [{ containerPort = local.port, protocol = "tcp" }]
    # Longer than the program takes to end in order: server.drain_time and five seconds.
    stopTimeout     = 45
    linuxParameters = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
    healthCheck = {
      command     = ["CMD", "/usr/local/bin/halftone", "health"]
      interval    = 15
      timeout     = 5
      retries     = 3
      startPeriod = 60
    }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.server.name
        awslogs-region        = data.aws_region.current.region
        awslogs-stream-prefix = "server"
        mode                  = "non-blocking"
        max-buffer-size       = "16m"
      }
    }
  }])
}

resource "aws_security_group" "server" {
  name        = local.name
  description = "The servers: from the load balancer alone"
  vpc_id      = var.vpc_id
  tags        = { Name = local.name }
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  security_group_id            = aws_security_group.server.id
  description                  = "From the load balancer"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.server.id
  description       = "HTTPS to AWS and, with a NAT, to the internet"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "mail" {
  for_each          = { tls = 465, starttls = 587 }
  security_group_id = aws_security_group.server.id
  description       = "Mail, to a server that takes it from users"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

resource "aws_vpc_security_group_egress_rule" "database" {
  security_group_id = aws_security_group.server.id
  description       = "DocumentDB"
  cidr_ipv4         = var.vpc_cidr
  ip_protocol       = "tcp"
  from_port         = 27017
  to_port           = 27017
}

resource "aws_ecs_service" "server" {
  name                              = local.name
  cluster                           = aws_ecs_cluster.this.id
  task_definition                   = aws_ecs_task_definition.server.arn
  desired_count                     = var.least_tasks
  launch_type                       = "FARGATE"
  platform_version                  = "LATEST"
  health_check_grace_period_seconds = 90
  propagate_tags                    = "SERVICE"
  enable_ecs_managed_tags           = true

  deployment_controller {
    type = "CODE_DEPLOY"
  }

  network_configuration {
    subnets          = var.private_subnet_ids
    security_groups  = [aws_security_group.server.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.server["blue"].arn
    container_name   = "server"
    container_port   = local.port
  }

  lifecycle {
    # CodeDeploy changes the first two with each deployment, autoscaling the third.
    ignore_changes = [task_definition, load_balancer, desired_count]
  }
  depends_on = [aws_lb_listener.https]
}
