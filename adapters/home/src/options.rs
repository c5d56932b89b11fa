//! What the settings mean to the services, the renderer and the HTTP application.

use halftone_core::job::RetryPolicy;
use halftone_core::settings::{ArchiveDelivery, BaseKeeping, Settings};
use halftone_http::{HttpOptions, RateLimitOptions};
use halftone_processing::limits::Limits;
use halftone_processing::renderer::RendererSpec;

use crate::config::Config;
use crate::config::choice::ObjectsHome;
use crate::config::value::{BaseChoice, WorkerCount};

/// Limits and durations of the services.
pub fn settings(config: &Config) -> Settings {
    Settings {
        most_upload_bytes: config.uploads.largest_photo.0,
        most_image_bytes: config.uploads.largest_logo.0,
        ticket_lifetime: config.uploads.ticket_lifetime,
        client_session: config.clients.session_lifetime,
        delivery_long_edge_px: config.clients.delivery_long_edge.get(),
        retry: RetryPolicy {
            most_deliveries: config.jobs.most_deliveries.get(),
            most_outage_deliveries: config.jobs.most_outage_deliveries.get(),
            first_delay: config.jobs.first_delay,
            longest_delay: config.jobs.longest_delay,
        },
        job_lease: config.jobs.lease,
        stalled_after: config.jobs.stalled_after,
        // A function says otherwise.
        archives: ArchiveDelivery::Streamed,
        bases: match (config.workers.bases, config.backends.objects) {
            (BaseChoice::Keep(keeping), _) => keeping,
            (BaseChoice::Auto, ObjectsHome::Embedded) => BaseKeeping::Always,
            (BaseChoice::Auto, ObjectsHome::S3) => BaseKeeping::Changed,
        },
    }
}

/// Threads, memory and limits of the renderer.
pub fn renderer_spec(config: &Config) -> RendererSpec {
    let defaults = match config.workers.count {
        WorkerCount::Exactly(count) => RendererSpec::with_threads(count),
        // Previews are rendered here even where jobs run elsewhere.
        WorkerCount::Auto | WorkerCount::Off => RendererSpec::default(),
    };
    let memory_budget = config.workers.memory_budget.0;
    RendererSpec {
        memory_budget_bytes: memory_budget.map_or(defaults.memory_budget_bytes, |size| size.0),
        limits: Limits {
            max_file_bytes: config.uploads.largest_photo.0,
            max_pixels: config.uploads.most_megapixels.get().saturating_mul(1_000_000),
            max_side_px: config.uploads.longest_side.get(),
            max_logo_bytes: config.uploads.largest_logo.0,
            ..Limits::default()
        },
        ..defaults
    }
}

/// How many jobs run at once in this process.
pub fn worker_count(config: &Config) -> usize {
    match config.workers.count {
        WorkerCount::Auto => renderer_spec(config).threads.get(),
        WorkerCount::Exactly(count) => count.get(),
        WorkerCount::Off => 0,
    }
}

/// How the HTTP application behaves; who asks for readiness is the program's.
pub fn http_options(config: &Config) -> HttpOptions {
    let limits = &config.limits;
    let origins = config.server.cors_origins.iter();
    HttpOptions {
        public_url: config.server.public_url.0.as_ref().map(|url| url.as_str().to_owned()),
        cors_origins: origins.map(|origin| origin.as_str().to_owned()).collect(),
        trusted_proxies: usize::try_from(config.server.trusted_proxies).unwrap_or(usize::MAX),
        // The form around a photo takes some room of its own.
        most_form_bytes: config.uploads.largest_photo.0.saturating_add(1 << 20),
        rate_limits: RateLimitOptions {
            credentials_per_subject: limits.credentials_per_subject.get(),
            credentials_per_address: limits.credentials_per_address.get(),
            sessions_per_address: limits.sessions_per_address.get(),
            pins_per_address: limits.pins_per_address.get(),
            wrong_pins_per_share: limits.wrong_pins_per_share.get(),
            wrong_pins_back_per_hour: limits.wrong_pins_back_per_hour.get(),
            unknown_tokens_per_address: limits.unknown_tokens_per_address.get(),
        },
        ..HttpOptions::default()
    }
}
