//! LocalStack and moto: which settings make them strict, and keep them on the loopback interface.

use std::path::Path;
use std::time::Duration;

use super::python::PythonEnvironment;
use crate::supervised::Supervised;

/// Starts the strict S3, which also has SQS, SNS and Secrets Manager. It keeps nothing.
pub(super) fn start_localstack(
    python: &PythonEnvironment<'_>,
    run: &Path,
    port: u16,
) -> anyhow::Result<Supervised> {
    let own = |name: &str| -> anyhow::Result<_> {
        let directory = run.join("localstack").join(name);
        std::fs::create_dir_all(&directory)?;
        Ok(directory)
    };
    python
        .module("localstack.runtime.main")
        // The other server that it could use listens on every interface, whatever the next setting says.
        .env("GATEWAY_SERVER", "hypercorn")
        .env("GATEWAY_LISTEN", format!("127.0.0.1:{port}"))
        .env("LOCALSTACK_HOST", format!("localhost:{port}"))
        // Presigned addresses that are expired or tampered with must be refused, as S3 does.
        .env("S3_SKIP_SIGNATURE_VALIDATION", "0")
        // It asks nobody on the network: no statistics, no certificate, no name server of its own.
        .env("DISABLE_EVENTS", "1")
        .env("SKIP_SSL_CERT_DOWNLOAD", "1")
        .env("DNS_ADDRESS", "0")
        .env("FILESYSTEM_ROOT", own("root")?)
        .env("LOCALSTACK_VOLUME_DIR", own("volume")?)
        .env("TMPDIR", own("tmp")?)
        .start_supervised("LocalStack", &run.join("localstack.log"))
}

/// Starts moto, which is there for Cognito. It keeps nothing.
pub(super) fn start_moto(
    python: &PythonEnvironment<'_>,
    run: &Path,
    port: u16,
) -> anyhow::Result<Supervised> {
    python
        .module("moto.server")
        .args(["-H", "127.0.0.1", "-p", &port.to_string()])
        .start_supervised("moto", &run.join("moto.log"))
}

/// Tells whether a server of this computer answers a request with success.
pub(crate) fn answers(port: u16, path: &str) -> bool {
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(5)))
        // A proxy for the internet knows nothing of this computer.
        .proxy(None)
        .build()
        .new_agent();
    agent.get(format!("http://127.0.0.1:{port}{path}")).call().is_ok()
}
