# Functions alone: the API and the worker on AWS Lambda, the pages behind CloudFront. Idle, it costs next to nothing, as long as
# the database is elsewhere (`mongodb_uri`), such as a small cluster of MongoDB Atlas. With `documentdb = true` the
# database is in this account, and with it a VPC and its endpoints; docs/operations.md has the prices.

terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.62"
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

module "encryption" {
  source = "../../modules/encryption"
  name   = var.name
}

module "network" {
  count               = var.documentdb ? 1 : 0
  source              = "../../modules/network"
  name                = var.name
  outbound            = var.outbound
  public_subnets      = false
  interface_endpoints = ["cognito-idp", "secretsmanager", "sns", "sqs"]
  key_arn             = module.encryption.key_arn
  log_retention_days  = var.log_retention_days
}

module "database" {
  count                     = var.documentdb ? 1 : 0
  source                    = "../../modules/database"
  name                      = var.name
  key_arn                   = module.encryption.key_arn
  vpc_id                    = module.network[0].vpc_id
  subnet_ids                = module.network[0].private_subnet_ids
  client_security_group_ids = { worker = module.worker.security_group_id, api = module.api.security_group_id }
  instance_count            = 1
  deletion_protection       = var.deletion_protection
  snapshot_identifier       = var.restore_from_snapshot
}

module "messaging" {
  source                     = "../../modules/messaging"
  name                       = var.name
  key_arn                    = module.encryption.key_arn
  visibility_timeout_seconds = 6 * var.worker_timeout_seconds
}

module "storage" {
  source             = "../../modules/storage"
  name               = var.name
  key_arn            = module.encryption.key_arn
  queue_arn          = module.messaging.queue_arn
  page_origins       = [local.public_url]
  log_retention_days = var.log_retention_days
  force_destroy      = !var.deletion_protection
}

module "auth" {
  source              = "../../modules/auth"
  name                = var.name
  deletion_protection = var.deletion_protection
  mail_identity_arn   = var.mail_identity_arn
  mail_from           = var.mail_from
}

module "secret" {
  source                = "../../modules/secret"
  name                  = var.name
  key_arn               = module.encryption.key_arn
  mongodb_uri           = var.documentdb ? module.database[0].uri : var.mongodb_uri
  cognito_client_secret = module.auth.client_secret
  recovery_days         = var.deletion_protection ? 30 : 0
}

module "rotation" {
  count              = var.documentdb ? 1 : 0
  source             = "../../modules/rotation"
  name               = var.name
  release            = var.release
  artifacts_bucket   = var.artifacts_bucket
  secret_arn         = module.secret.arn
  cluster_identifier = module.database[0].cluster_identifier
  cluster_arn        = module.database[0].cluster_arn
  functions          = { (module.worker.function_name) = module.worker.function_arn, (module.api.function_name) = module.api.function_arn }
  key_arn            = module.encryption.key_arn
  log_retention_days = var.log_retention_days
}

module "settings" {
  source                 = "../../modules/settings"
  region                 = var.region
  public_url             = local.public_url
  trusted_proxies        = 1 # CloudFront
  private_database       = var.documentdb
  worker_creates_indexes = true # no server does
  bucket                 = module.storage.bucket
  queue_url              = module.messaging.queue_url
  dead_letter_queue_url  = module.messaging.dead_letter_queue_url
  notices_topic_arn      = module.messaging.notices_topic_arn
  user_pool_id           = module.auth.user_pool_id
  client_id              = module.auth.client_id
  secret_arn             = module.secret.arn
  mail                   = var.mail
  tuning                 = var.tuning
}

module "worker" {
  source                = "../../modules/worker"
  name                  = var.name
  release               = var.release
  artifacts_bucket      = var.artifacts_bucket
  architecture          = var.architecture
  memory_mb             = var.worker_memory_mb
  timeout_seconds       = var.worker_timeout_seconds
  reserved_concurrency  = var.worker_concurrency
  turns                 = "rate(1 minute)" # what a server would do by itself
  environment           = module.settings.worker
  bucket_arn            = module.storage.bucket_arn
  queue_arn             = module.messaging.queue_arn
  dead_letter_queue_arn = module.messaging.dead_letter_queue_arn
  notices_topic_arn     = module.messaging.notices_topic_arn
  user_pool_arn         = module.auth.user_pool_arn
  secret_arn            = module.secret.arn
  key_arn               = module.encryption.key_arn
  vpc                   = local.vpc
  log_retention_days    = var.log_retention_days
}

module "api" {
  source                = "../../modules/api"
  name                  = var.name
  release               = var.release
  artifacts_bucket      = var.artifacts_bucket
  architecture          = var.architecture
  reserved_concurrency  = var.api_concurrency
  environment           = module.settings.api
  bucket_arn            = module.storage.bucket_arn
  queue_arn             = module.messaging.queue_arn
  dead_letter_queue_arn = module.messaging.dead_letter_queue_arn
  notices_topic_arn     = module.messaging.notices_topic_arn
  user_pool_arn         = module.auth.user_pool_arn
  secret_arn            = module.secret.arn
  key_arn               = module.encryption.key_arn
  vpc                   = local.vpc
  log_retention_days    = var.log_retention_days
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
  bucket_origin   = module.storage.bucket_origin
  log_bucket      = module.storage.log_bucket
  web_acl_arn     = var.web_acl_arn
}

module "monitoring" {
  source                 = "../../modules/monitoring"
  name                   = var.name
  key_arn                = module.encryption.key_arn
  alarm_addresses        = var.alarm_addresses
  queue_name             = module.messaging.queue_name
  dead_letter_queue_name = module.messaging.dead_letter_queue_name
  functions              = { worker = module.worker.function_name, api = module.api.function_name }
  log_groups             = { worker = module.worker.log_group_name, api = module.api.log_group_name }
  rotation_function      = one(module.rotation[*].function_name)
  api                    = { id = module.api.api_id }
  cluster_identifier     = one(module.database[*].cluster_identifier)
  monthly_budget         = var.monthly_budget
}
