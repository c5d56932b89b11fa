# The shapes of the environment, and what it refuses. Runs against the stand-in of `cargo xtask infra`.

variables {
  name             = "halftone"
  region           = "eu-central-1"
  domain_name      = "studio.example"
  zone_id          = "Z0000000000000000000"
  release          = "0.1.0"
  artifacts_bucket = "halftone-artifacts-123456789012"
  repository_url   = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/halftone/server"
  repository_arn   = "arn:aws:ecr:eu-central-1:123456789012:repository/halftone/server"
}

run "servers_leave_jobs_to_the_worker" {
  command = apply
  assert {
    condition     = module.base.settings.server["HALFTONE_WORKERS_COUNT"] == "off" && module.base.settings.worker["HALFTONE_WORKERS_COUNT"] == "auto"
    error_message = "The worker behind the queue does the jobs."
  }
  assert {
    condition     = module.base.settings.server["HALFTONE_MONGODB_CREATE_INDEXES"] == "on" && module.base.settings.worker["HALFTONE_MONGODB_CREATE_INDEXES"] == "off"
    error_message = "One of them makes the indexes, and not a function."
  }
  assert {
    condition     = length(module.monitoring.deployment_alarm_names) == 3
    error_message = "Alarms must be able to take a deployment back."
  }
}

run "mail_that_could_not_leave_is_refused" {
  command = plan
  variables {
    outbound = "endpoints"
    mail     = { server = "smtp.example", from = "studio@studio.example" }
  }
  expect_failures = [var.outbound]
}

run "an_architecture_that_is_none_is_refused" {
  command = plan
  variables {
    server_architecture = "arm"
  }
  expect_failures = [var.server_architecture]
}
