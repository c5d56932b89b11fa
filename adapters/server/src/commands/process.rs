//! `halftone process`: the pipeline on local files, without a studio.

mod inputs;
mod names;
mod options;
mod outcome;
mod progress;
mod rendering;

use std::fs;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, bail};

use crate::console;
pub(crate) use options::ProcessArgs;
use outcome::Summary;

/// Renders every picture that is named, one failing or not.
///
/// # Errors
/// Nothing could be begun: no pictures, no place to write to, no usable mark.
pub(crate) fn run(args: &ProcessArgs) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let out = &args.out;
    fs::create_dir_all(out).with_context(|| format!("cannot make the folder {}", out.display()))?;
    let out = out.canonicalize().with_context(|| format!("cannot open the folder {}", out.display()))?;
    let found = inputs::collect(&args.inputs, &out)?;
    if found.files.is_empty() && found.failures.is_empty() {
        bail!("there are no JPEG, PNG, WebP or TIFF files among what was named");
    }
    let request = args.request()?;
    let plans = names::plan(&found.files, &out, request.options.format);
    let mut summary = Summary { failures: found.failures, ..Summary::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(rendering::render_all(&request, plans, &mut summary))?;
    for failure in &summary.failures {
        console::warn(format!("failed: {failure}"));
    }
    console::say(summary.describe(begun.elapsed(), &out));
    Ok(if summary.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
