# The variables of the programs, docs/configuration.md. `cargo xtask infra` compares them with the settings that the code
# itself declares: one that is missing here, misspelt or gone is an error, and so is a default that differs.

locals {
  # What a team may want to change, with Halftone's own defaults. `var.tuning` replaces single ones.
  defaults = {
    HALFTONE_UPLOADS_LARGEST_PHOTO             = "256MiB"
    HALFTONE_UPLOADS_LARGEST_LOGO              = "8MiB"
    HALFTONE_UPLOADS_MOST_MEGAPIXELS           = "150"
    HALFTONE_UPLOADS_LONGEST_SIDE              = "30000"
    HALFTONE_UPLOADS_TICKET_LIFETIME           = "24h"
    HALFTONE_CLIENTS_SESSION_LIFETIME          = "12h"
    HALFTONE_CLIENTS_DELIVERY_LONG_EDGE        = "2560"
    HALFTONE_WORKERS_MEMORY_BUDGET             = "auto"
    HALFTONE_WORKERS_BASES                     = "auto"
    HALFTONE_JOBS_MOST_DELIVERIES              = "5"
    HALFTONE_JOBS_MOST_OUTAGE_DELIVERIES       = "12"
    HALFTONE_JOBS_FIRST_DELAY                  = "2s"
    HALFTONE_JOBS_NOTICE_INTERVAL              = "5s"
    HALFTONE_JOBS_LONGEST_DELAY                = "10m"
    HALFTONE_JOBS_LEASE                        = "5m"
    HALFTONE_JOBS_STALLED_AFTER                = "15m"
    HALFTONE_JOBS_SWEEP_INTERVAL               = "5m"
    HALFTONE_JOBS_PURGE_SWEEP_INTERVAL         = "1h"
    HALFTONE_LIMITS_CREDENTIALS_PER_SUBJECT    = "20"
    HALFTONE_LIMITS_CREDENTIALS_PER_ADDRESS    = "120"
    HALFTONE_LIMITS_SESSIONS_PER_ADDRESS       = "600"
    HALFTONE_LIMITS_PINS_PER_ADDRESS           = "20"
    HALFTONE_LIMITS_WRONG_PINS_PER_SHARE       = "60"
    HALFTONE_LIMITS_WRONG_PINS_BACK_PER_HOUR   = "30"
    HALFTONE_LIMITS_UNKNOWN_TOKENS_PER_ADDRESS = "120"
    HALFTONE_LOG_FILTER                        = "info"
    HALFTONE_SECRETS_REFRESH                   = "5m"
    HALFTONE_MONGODB_DATABASE                  = "halftone"
    HALFTONE_SERVER_DRAIN_TIME                 = "25s"
    HALFTONE_NOTIFICATIONS_PRIVATE_TARGETS     = "off"
    HALFTONE_NOTIFICATIONS_FCM_URL             = "https://fcm.googleapis.com"
    HALFTONE_MAIL_PORT                         = "auto"
    HALFTONE_MAIL_PROTECTION                   = "starttls"
  }

  # Where this installation keeps things, and where it is reached.
  places = {
    HALFTONE_BACKENDS_METADATA         = "mongodb"
    HALFTONE_BACKENDS_OBJECTS          = "s3"
    HALFTONE_BACKENDS_QUEUE            = "sqs"
    HALFTONE_BACKENDS_IDENTITY         = "cognito"
    HALFTONE_AWS_REGION                = var.region
    HALFTONE_S3_BUCKET                 = var.bucket
    HALFTONE_S3_PATH_STYLE             = "off"
    HALFTONE_S3_ENCRYPTION             = "bucket"
    HALFTONE_SQS_QUEUE_URL             = var.queue_url
    HALFTONE_SQS_DEAD_LETTER_QUEUE_URL = var.dead_letter_queue_url
    HALFTONE_SNS_TOPIC_ARN             = var.notices_topic_arn
    HALFTONE_COGNITO_USER_POOL_ID      = var.user_pool_id
    HALFTONE_COGNITO_CLIENT_ID         = var.client_id
    HALFTONE_COGNITO_REFRESH_ROTATION  = "on"
    HALFTONE_SECRETS_MANAGER           = var.secret_arn
    HALFTONE_SERVER_PUBLIC_URL         = var.public_url
    HALFTONE_SERVER_TRUSTED_PROXIES    = tostring(var.trusted_proxies)
    HALFTONE_LOG_FORMAT                = "json"
  }

  # Where mail is sent. The password belongs into the secret.
  mail = var.mail == null ? {} : {
    for name, value in {
      HALFTONE_MAIL_SERVER     = var.mail.server
      HALFTONE_MAIL_PORT       = var.mail.port
      HALFTONE_MAIL_PROTECTION = var.mail.protection
      HALFTONE_MAIL_USER       = var.mail.user
      HALFTONE_MAIL_FROM       = var.mail.from
    } : name => value if value != null
  }

  shared = merge(local.defaults, local.places, local.mail, var.tuning)

  server = merge(local.shared, local.server_ca, {
    HALFTONE_SERVER_LISTEN          = "0.0.0.0:8080"
    HALFTONE_SERVER_ADMIN_LISTEN    = "off" # mail goes through Cognito, and metrics are CloudWatch's
    HALFTONE_MONGODB_CREATE_INDEXES = "on"
    HALFTONE_WORKERS_COUNT          = "off" # the worker behind the queue does the jobs
  })

  function = merge(local.shared, local.function_ca, {
    HALFTONE_WORKERS_COUNT  = "auto" # by the function's memory
    HALFTONE_LAMBDA_REPLIES = "buffered"
  })

  server_ca   = var.private_database ? { HALFTONE_MONGODB_CA_FILE = "/etc/halftone/certificates/global-bundle.pem" } : {}
  function_ca = var.private_database ? { HALFTONE_MONGODB_CA_FILE = "/var/task/global-bundle.pem" } : {}
}
