//! Reading, rendering and writing, several pictures at once in bounded memory.

use std::io;
use std::path::Path;

use anyhow::Context as _;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use halftone_core::ports::renderer::{ProofRequest, Renderer as _};
use halftone_processing::limits::Limits;
use halftone_processing::renderer::PooledRenderer;

use crate::commands::process::names::Plan;
use crate::commands::process::options::Request;
use crate::commands::process::outcome::{Failure, Summary};
use crate::commands::process::progress::Progress;

/// Renders everything that is planned and adds up how it went.
///
/// The renderer bounds what pixels take; here one original more than there are threads is in memory, so that a thread
/// never waits for the disk.
///
/// # Errors
/// The threads cannot be started, or the logo is not one.
pub(crate) async fn render_all(
    request: &Request,
    plans: Vec<Plan>,
    summary: &mut Summary,
) -> anyhow::Result<()> {
    let renderer = PooledRenderer::new(request.spec).context("cannot start the rendering threads")?;
    if let Some(logo) = &request.logo {
        renderer.inspect_logo(logo.clone()).await.context("the logo cannot be used")?;
    }
    let mut progress = Progress::begin(plans.len());
    let renderer = &renderer;
    let work = plans.into_iter().map(|plan| async move {
        let result = render(renderer, request, &plan).await;
        (plan, result)
    });
    let mut work = stream::iter(work).buffer_unordered(request.spec.threads.get() + 1);
    while let Some((plan, result)) = work.next().await {
        progress.advance(&plan.input);
        match result {
            Ok(bytes) => {
                summary.rendered += 1;
                summary.original_bytes += bytes;
            }
            Err(error) => {
                summary.failures.push(Failure { path: plan.input, reason: format!("{error:#}") });
            }
        }
    }
    progress.end();
    summary.failures.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(())
}

/// Makes the files of one picture and tells the size of its original.
async fn render(renderer: &PooledRenderer, request: &Request, plan: &Plan) -> anyhow::Result<u64> {
    let original = read(&plan.input, &request.spec.limits).await?;
    let bytes = original.len() as u64;
    let options = request.options.clone();
    let logo = request.logo.clone();
    let request = ProofRequest { original, options, logo, keep_base: false };
    let photo = renderer.render_proof(request).await?.marked;
    write(&plan.proof, &photo.proof.bytes).await.context("cannot write the proof")?;
    write(&plan.thumb, &photo.thumb.bytes).await.context("cannot write the thumb")?;
    Ok(bytes)
}

/// Reads a file whose size is within the limit.
async fn read(path: &Path, limits: &Limits) -> anyhow::Result<Bytes> {
    let size = tokio::fs::metadata(path).await.context("cannot be read")?.len();
    limits.check_file(usize::try_from(size).unwrap_or(usize::MAX))?;
    Ok(tokio::fs::read(path).await.context("cannot be read")?.into())
}

/// Writes a file under a temporary name first, so that nobody ever finds half a picture.
async fn write(path: &Path, content: &Bytes) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let written = match tokio::fs::write(&partial, content).await {
        Ok(()) => tokio::fs::rename(&partial, path).await,
        Err(error) => Err(error),
    };
    if written.is_err() {
        // Why ignored: the first error tells more than what came of tidying up.
        drop(tokio::fs::remove_file(&partial).await);
    }
    written
}
