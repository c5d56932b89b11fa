# What both environments stand on: the key, the queues, the bucket of photos, the logins, the secret, and the settings by which the
# programs find all that. Where the database is and what runs the API is the environments' own.

module "encryption" {
  source = "../encryption"
  name   = var.name
}

module "messaging" {
  source                     = "../messaging"
  name                       = var.name
  key_arn                    = module.encryption.key_arn
  visibility_timeout_seconds = 6 * var.worker_timeout_seconds
}

module "storage" {
  source              = "../storage"
  name                = var.name
  key_arn             = module.encryption.key_arn
  queue_arn           = module.messaging.queue_arn
  page_origins        = [var.public_url]
  log_retention_days  = var.log_retention_days
  deleted_photos_days = var.deleted_photos_days
  force_destroy       = !var.deletion_protection
}

module "auth" {
  source              = "../auth"
  name                = var.name
  deletion_protection = var.deletion_protection
  mail_identity_arn   = var.mail_identity_arn
  mail_from           = var.mail_from
}

# What CloudFront proves itself with to the API. It is drawn from the app client's secret, which is random and known to nobody outside, and
# stays what it was at first, as in the first version of the secret.
resource "terraform_data" "proxy_secret" {
  count = var.behind_cloudfront ? 1 : 0
  input = sha256("CloudFront ${module.auth.client_secret}")
  lifecycle {
    ignore_changes = [input]
  }
}

module "secret" {
  source                = "../secret"
  name                  = var.name
  key_arn               = module.encryption.key_arn
  mongodb_uri           = var.mongodb_uri
  cognito_client_secret = module.auth.client_secret
  proxy_secret          = one(terraform_data.proxy_secret[*].output)
  recovery_days         = var.deletion_protection ? 30 : 0
}

module "settings" {
  source                 = "../settings"
  region                 = var.region
  public_url             = var.public_url
  trusted_proxies        = 1 # the load balancer, or CloudFront
  private_database       = var.private_database
  worker_creates_indexes = var.worker_creates_indexes
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
