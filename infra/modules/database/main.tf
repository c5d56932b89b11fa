# Amazon DocumentDB: encrypted, over TLS, backed up, hard to delete. It is reached from inside the VPC alone.

locals {
  port = 27017
  user = "halftone"
}

resource "aws_docdb_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "database" {
  name        = "${var.name}-database"
  description = "DocumentDB: the programs of this installation"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-database" }
}

resource "aws_vpc_security_group_ingress_rule" "programs" {
  for_each                     = var.client_security_group_ids
  security_group_id            = aws_security_group.database.id
  description                  = "From ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_docdb_cluster_parameter_group" "this" {
  name        = var.name
  family      = "docdb5.0"
  description = "Halftone ${var.name}"
  parameter {
    name  = "tls"
    value = "enabled"
  }
  parameter {
    name  = "audit_logs"
    value = "ddl"
  }
  parameter {
    name  = "profiler"
    value = "enabled"
  }
  parameter {
    name  = "profiler_threshold_ms"
    value = "250"
  }
}

# DocumentDB would make them itself, and keep them for ever.
resource "aws_cloudwatch_log_group" "database" {
  for_each          = toset(["audit", "profiler"])
  name              = "/aws/docdb/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

# The first password. It is in no state: the cluster and the secret receive it, and the first rotation replaces it.
ephemeral "aws_secretsmanager_random_password" "first" {
  password_length     = 40
  exclude_punctuation = true
}

resource "aws_docdb_cluster" "this" {
  #checkov:skip=CKV_AWS_85:both logs are exported; the check reads another form of the argument
  cluster_identifier              = var.name
  engine                          = "docdb"
  engine_version                  = "5.0.0"
  master_username                 = local.user
  master_password_wo              = ephemeral.aws_secretsmanager_random_password.first.random_password
  master_password_wo_version      = 1
  port                            = local.port
  db_subnet_group_name            = aws_docdb_subnet_group.this.name
  db_cluster_parameter_group_name = aws_docdb_cluster_parameter_group.this.name
  vpc_security_group_ids          = [aws_security_group.database.id]
  storage_encrypted               = true
  kms_key_id                      = var.key_arn
  backup_retention_period         = var.backup_days
  preferred_backup_window         = "02:00-03:00"
  preferred_maintenance_window    = "tue:03:30-tue:04:30"
  enabled_cloudwatch_logs_exports = ["audit", "profiler"]
  deletion_protection             = var.deletion_protection
  skip_final_snapshot             = !var.deletion_protection
  final_snapshot_identifier       = "${var.name}-final"
  snapshot_identifier             = var.snapshot_identifier

  dynamic "serverless_v2_scaling_configuration" {
    for_each = var.instance_class == "db.serverless" ? [var.capacity] : []
    content {
      min_capacity = serverless_v2_scaling_configuration.value.least
      max_capacity = serverless_v2_scaling_configuration.value.most
    }
  }

  depends_on = [aws_cloudwatch_log_group.database]

  lifecycle {
    # Restoring from a snapshot makes another cluster; an old one is not replaced for what it was made from.
    ignore_changes = [snapshot_identifier]
  }
}

resource "aws_docdb_cluster_instance" "this" {
  count                        = var.instance_count
  identifier                   = "${var.name}-${count.index + 1}"
  cluster_identifier           = aws_docdb_cluster.this.id
  instance_class               = var.instance_class
  auto_minor_version_upgrade   = true
  preferred_maintenance_window = "tue:03:30-tue:04:30"
  promotion_tier               = count.index
}
