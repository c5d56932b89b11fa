//! The function's process, as the platform keeps it: started when it is needed, started anew when it has died.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::runtime_api::{Outcome, RuntimeApi};

/// What to run, and within what bounds.
#[derive(Debug, Clone)]
pub(crate) struct FunctionSpec {
    /// The program.
    pub(crate) program: PathBuf,
    /// What it is told of its memory, in MB.
    pub(crate) memory_mb: u32,
    /// How long an invocation may take.
    pub(crate) timeout: Duration,
}

/// A function with one execution environment.
#[derive(Debug)]
pub(crate) struct Function {
    spec: FunctionSpec,
    api: RuntimeApi,
    process: Option<Child>,
}

impl Function {
    /// Opens the interface; the process starts with the first invocation.
    pub(crate) async fn start(spec: FunctionSpec) -> io::Result<Self> {
        Ok(Self { spec, api: RuntimeApi::start().await?, process: None })
    }

    /// Runs one invocation to its end, or to that of the process.
    pub(crate) async fn invoke(&mut self, payload: String) -> Outcome {
        // One that ended between two invocations is started anew; what cannot be asked counts as ended.
        let living = self.process.take().and_then(|mut process| match process.try_wait() {
            Ok(None) => Some(process),
            Ok(Some(_)) | Err(_) => None,
        });
        let mut process = match living.map_or_else(|| self.spawn(), Ok) {
            Ok(process) => process,
            Err(error) => return failed(format!("the function cannot be started: {error}")),
        };
        tokio::select! {
            outcome = self.api.invoke(payload, self.spec.timeout) => {
                self.process = Some(process);
                outcome
            }
            status = process.wait() => failed(match status {
                Ok(status) => format!("the function ended: {status}"),
                Err(error) => format!("the function was lost: {error}"),
            }),
            // Dropping the process kills it.
            () = tokio::time::sleep(self.spec.timeout) => failed("the function took too long".to_owned()),
        }
    }

    fn spawn(&self) -> io::Result<Child> {
        self.api.expect_new_process();
        Command::new(&self.spec.program)
            .env("AWS_LAMBDA_RUNTIME_API", self.api.address())
            .env("AWS_LAMBDA_FUNCTION_NAME", "local")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", self.spec.memory_mb.to_string())
            .kill_on_drop(true)
            .spawn()
    }
}

fn failed(reason: String) -> Outcome {
    Outcome::Failed { reason }
}
