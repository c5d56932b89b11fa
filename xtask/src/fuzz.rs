//! `cargo xtask fuzz`: the fuzz targets of the pipeline, for a while.

use clap::Args;

use crate::workspace::Workspace;
use crate::{report, tools};

/// What `cargo xtask fuzz` takes.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Arguments {
    /// Seconds for each target.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

const TARGETS: [&str; 2] = ["decoder", "pipeline"];

/// The largest input that is tried: larger ones find nothing that these do not, and take longer.
const MOST_BYTES: u32 = 8192;

/// Runs each target from its seeds. The first finding is an error.
pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> anyhow::Result<()> {
    for target in TARGETS {
        report::heading(&format!("fuzzing {target} for {} s", arguments.seconds));
        let folder = workspace.root.join("halftone-processing/fuzz");
        let corpus = folder.join("corpus").join(target);
        std::fs::create_dir_all(&corpus)?;
        tools::cargo_fuzz(workspace)?
            // Sanitizers are unstable options, which the pinned stable compiler takes when it is told so.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("LSAN_OPTIONS", format!("suppressions={}", folder.join("leaks.txt").display()))
            .args(["run", "--fuzz-dir"])
            .arg(&folder)
            .arg(target)
            .arg(corpus)
            .arg(folder.join("seeds").join(target))
            .args(["--", &format!("-max_total_time={}", arguments.seconds)])
            .args([
                format!("-max_len={MOST_BYTES}"),
                "-rss_limit_mb=1024".to_owned(),
                "-timeout=20".to_owned(),
            ])
            .run()?;
    }
    Ok(())
}
