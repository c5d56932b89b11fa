# Functions alone: the API and the worker on AWS Lambda, the pages behind CloudFront. Idle, it costs next to nothing, as long as
# the database is elsewhere (`mongodb_uri`), such as a small cluster of MongoDB Atlas. With `documentdb = true` the
# database is in this account, and with it a VPC and its endpoints; docs/operations.md has the prices.

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

# CloudFront takes certificates from this region alone.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
  default_tags {
    tags = local.tags
  }
}

locals {
  tags       = { application = "halftone", installation = var.name }
  public_url = "https://${var.domain_name}"
  vpc        = var.documentdb ? { id = module.network[0].vpc_id, cidr = module.network[0].cidr, subnet_ids = module.network[0].private_subnet_ids } : null
}

module "base" {
  source                 = "../../modules/base"
  name                   = var.name
  region                 = var.region
  public_url             = local.public_url
  behind_cloudfront      = true
  mongodb_uri            = var.documentdb ? module.database[0].uri : var.mongodb_uri
  private_database       = var.documentdb
  worker_creates_indexes = true # no server does
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
  count               = var.documentdb ? 1 : 0
  source              = "../../modules/network"
  name                = var.name
  outbound            = var.outbound
  public_subnets      = false
  interface_endpoints = ["cognito-idp", "secretsmanager", "sns", "sqs"]
  key_arn             = module.base.key_arn
  log_retention_days  = var.log_retention_days
}

module "database" {
  count                     = var.documentdb ? 1 : 0
  source                    = "../../modules/database"
  name                      = var.name
  key_arn                   = module.base.key_arn
  vpc_id                    = module.network[0].vpc_id
  subnet_ids                = module.network[0].private_subnet_ids
  client_security_group_ids = { worker = module.worker.security_group_id, api = module.api.security_group_id }
  instance_count            = 1
  capacity                  = var.database_capacity
  backup_days               = var.backup_days
  deletion_protection       = var.deletion_protection
  snapshot_identifier       = var.restore_from_snapshot
  log_retention_days        = var.log_retention_days
}

module "rotation" {
  count              = var.documentdb ? 1 : 0
  source             = "../../modules/rotation"
  name               = var.name
  release            = var.release
  artifacts_bucket   = var.artifacts_bucket
  secret_arn         = module.base.secret_arn
  cluster_identifier = module.database[0].cluster_identifier
  cluster_arn        = module.database[0].cluster_arn
  functions          = { (module.worker.function_name) = module.worker.function_arn, (module.api.function_name) = module.api.function_arn }
  key_arn            = module.base.key_arn
  log_retention_days = var.log_retention_days
}

module "worker" {
  source               = "../../modules/worker"
  name                 = var.name
  release              = var.release
  artifacts_bucket     = var.artifacts_bucket
  architecture         = var.architecture
  memory_mb            = var.worker_memory_mb
  timeout_seconds      = var.worker_timeout_seconds
  reserved_concurrency = var.worker_concurrency
  turns                = "rate(1 minute)" # what a server would do by itself
  environment          = module.base.settings.worker
  installation         = module.base.installation
  vpc                  = local.vpc
  log_retention_days   = var.log_retention_days
}

module "api" {
  source               = "../../modules/api"
  name                 = var.name
  release              = var.release
  artifacts_bucket     = var.artifacts_bucket
  architecture         = var.architecture
  reserved_concurrency = var.api_concurrency
  environment          = module.base.settings.api
  installation         = module.base.installation
  vpc                  = local.vpc
  log_retention_days   = var.log_retention_days
}

module "certificate" {
  source      = "../../modules/certificate"
  domain_name = var.domain_name
  zone_id     = var.zone_id
  providers = {
    aws = aws.us_east_1
  }
}

module "web" {
  source          = "../../modules/web"
  name            = var.name
  domain_name     = var.domain_name
  zone_id         = var.zone_id
  certificate_arn = module.certificate.arn
  api_host        = module.api.host
  proxy_secret    = module.base.proxy_secret
  bucket_origin   = module.base.bucket_origin
  log_bucket      = module.base.log_bucket
  web_acl_arn     = var.web_acl_arn
}

module "monitoring" {
  source             = "../../modules/monitoring"
  name               = var.name
  key_arn            = module.base.key_arn
  alarm_addresses    = var.alarm_addresses
  queues             = module.base.queues
  functions          = { worker = module.worker.function_name, api = module.api.function_name }
  log_groups         = { worker = module.worker.log_group_name, api = module.api.log_group_name }
  rotation_function  = one(module.rotation[*].function_name)
  api                = { id = module.api.api_id }
  cluster_identifier = one(module.database[*].cluster_identifier)
  monthly_budget     = var.monthly_budget
}
