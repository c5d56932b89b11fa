# The two shapes of the environment, and what it refuses. Runs against the stand-in of `cargo xtask infra`.

variables {
  name             = "halftone"
  region           = "eu-central-1"
  domain_name      = "studio.example"
  zone_id          = "Z0000000000000000000"
  release          = "0.1.0"
  artifacts_bucket = "halftone-artifacts-123456789012"
  mongodb_uri      = "mongodb://database.example/"
}

run "idle_it_costs_next_to_nothing" {
  command = plan
  assert {
    condition     = length(module.network) == 0 && length(module.database) == 0 && length(module.rotation) == 0
    error_message = "With a database elsewhere there must be nothing that is paid by the hour."
  }
  assert {
    condition     = module.base.settings.worker["HALFTONE_MONGODB_CREATE_INDEXES"] == "on"
    error_message = "Without a server, the worker makes the indexes."
  }
  assert {
    condition     = !contains(keys(module.base.settings.worker), "HALFTONE_MONGODB_CA_FILE")
    error_message = "A database elsewhere has a certificate that everybody knows."
  }
}

run "a_database_of_our_own_brings_a_network_and_a_rotation" {
  command = plan
  variables {
    documentdb = true
  }
  assert {
    condition     = length(module.network) == 1 && length(module.database) == 1 && length(module.rotation) == 1
    error_message = "DocumentDB is reached from inside a VPC, and its password changes."
  }
  assert {
    condition     = module.base.settings.worker["HALFTONE_MONGODB_CA_FILE"] == "/var/task/global-bundle.pem"
    error_message = "DocumentDB's certificates come with the package."
  }
}

run "mail_that_could_not_leave_is_refused" {
  command = plan
  variables {
    documentdb = true
    outbound   = "endpoints"
    mail       = { server = "smtp.example", from = "studio@studio.example" }
  }
  expect_failures = [var.outbound]
}

run "tuning_wins" {
  command = plan
  variables {
    tuning = { HALFTONE_UPLOADS_LARGEST_PHOTO = "512MiB" }
  }
  assert {
    condition     = module.base.settings.api["HALFTONE_UPLOADS_LARGEST_PHOTO"] == "512MiB"
    error_message = "A team can change a setting."
  }
}

run "a_name_that_no_bucket_takes_is_refused" {
  command = plan
  variables {
    name = "Halftone_1"
  }
  expect_failures = [var.name]
}
