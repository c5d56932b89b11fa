# Servers on ECS behind a load balancer, with the worker on AWS Lambda and DocumentDB: for studios that are always busy. The
# servers carry the web UI, so nothing else is needed before them.

terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.62.0" # what `cargo xtask infra` has checked
    }
  }
  backend "s3" {}
}

provider "aws" {
  region = var.region
  default_tags {
    tags = local.tags
  }
}

locals {
  tags       = { application = "halftone", installation = var.name }
  public_url = "https://${var.domain_name}"
  vpc = {
    id         = module.network.vpc_id
    cidr       = module.network.cidr
    subnet_ids = module.network.private_subnet_ids
  }
}

module "base" {
  source                 = "../../modules/base"
  name                   = var.name
  region                 = var.region
  public_url             = local.public_url
  behind_cloudfront      = false
  mongodb_uri            = module.database.uri
  private_database       = true
  worker_creates_indexes = false # the servers do
  worker_timeout_seconds = var.worker_timeout_seconds
  mail_identity_arn      = var.mail_identity_arn
  mail_from              = var.mail_from
  mail                   = var.mail
  tuning                 = var.tuning
  log_retention_days     = var.log_retention_days
  deleted_photos_days    = var.deleted_photos_days
  deletion_protection    = var.deletion_protection
}

module "network" {
  source              = "../../modules/network"
  name                = var.name
  zone_count          = var.zone_count
  outbound            = var.outbound
  public_subnets      = true
  interface_endpoints = ["cognito-idp", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "sns", "sqs"]
  key_arn             = module.base.key_arn
  log_retention_days  = var.log_retention_days
}

module "database" {
  source                    = "../../modules/database"
  name                      = var.name
  key_arn                   = module.base.key_arn
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  client_security_group_ids = { server = module.compute.security_group_id, worker = module.worker.security_group_id }
  instance_class            = var.database_instance_class
  instance_count            = var.database_instances
  capacity                  = var.database_capacity
  backup_days               = var.backup_days
  deletion_protection       = var.deletion_protection
  snapshot_identifier       = var.restore_from_snapshot
  log_retention_days        = var.log_retention_days
}

module "rotation" {
  source             = "../../modules/rotation"
  name               = var.name
  release            = var.release
  artifacts_bucket   = var.artifacts_bucket
  secret_arn         = module.base.secret_arn
  cluster_identifier = module.database.cluster_identifier
  cluster_arn        = module.database.cluster_arn
  functions          = { (module.worker.function_name) = module.worker.function_arn }
  key_arn            = module.base.key_arn
  log_retention_days = var.log_retention_days
}

module "certificate" {
  source      = "../../modules/certificate"
  domain_name = var.domain_name
  zone_id     = var.zone_id
}

module "compute" {
  source              = "../../modules/compute"
  name                = var.name
  image               = "${var.repository_url}:${var.release}"
  repository_arn      = var.repository_arn
  architecture        = var.server_architecture
  cpu                 = var.server_cpu
  memory_mb           = var.server_memory_mb
  least_tasks         = var.least_servers
  most_tasks          = var.most_servers
  environment         = module.base.settings.server
  vpc_id              = module.network.vpc_id
  vpc_cidr            = module.network.cidr
  public_subnet_ids   = module.network.public_subnet_ids
  private_subnet_ids  = module.network.private_subnet_ids
  domain_name         = var.domain_name
  zone_id             = var.zone_id
  certificate_arn     = module.certificate.arn
  web_acl_arn         = var.web_acl_arn
  log_bucket          = module.base.log_bucket
  deletion_protection = var.deletion_protection
  installation        = module.base.installation
  log_retention_days  = var.log_retention_days
}

module "deployment" {
  source             = "../../modules/deployment"
  name               = var.name
  cluster_name       = module.compute.cluster_name
  service_name       = module.compute.service_name
  listener_arns      = module.compute.listener_arns
  target_group_names = [for group in module.compute.target_groups : group.name]
  alarm_names        = module.monitoring.deployment_alarm_names
}

module "worker" {
  source               = "../../modules/worker"
  name                 = var.name
  release              = var.release
  artifacts_bucket     = var.artifacts_bucket
  architecture         = var.worker_architecture
  memory_mb            = var.worker_memory_mb
  timeout_seconds      = var.worker_timeout_seconds
  reserved_concurrency = var.worker_concurrency
  environment          = module.base.settings.worker
  installation         = module.base.installation
  vpc                  = local.vpc
  log_retention_days   = var.log_retention_days
}

module "monitoring" {
  source            = "../../modules/monitoring"
  name              = var.name
  key_arn           = module.base.key_arn
  alarm_addresses   = var.alarm_addresses
  queues            = module.base.queues
  functions         = { worker = module.worker.function_name }
  log_groups        = { server = module.compute.log_group_name, worker = module.worker.log_group_name }
  rotation_function = module.rotation.function_name
  balancer = {
    metric        = module.compute.balancer
    target_groups = { for colour, group in module.compute.target_groups : colour => group.metric }
  }
  cluster_identifier = module.database.cluster_identifier
  monthly_budget     = var.monthly_budget
}
