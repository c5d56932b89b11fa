//! The core's [`Renderer`] port on a bounded pool of threads. The one place that decides on threads.
//!
//! Two bounds hold at once: as many jobs run as there are threads, and the jobs that run share a memory budget.
//! A job tells its estimate after it has read the header and waits until that much is free, in the order of arrival, so
//! that huge pictures run one after the other and small ones side by side.

mod budget;
mod pool;

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use async_trait::async_trait;
use bytes::Bytes;
use futures::channel::oneshot;
use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::{
    DeliveryRequest, MarkRequest, MarkedPhoto, PrintRequest, ProofRequest, RenderError, RenderedImage,
    RenderedPhoto, Renderer,
};

use crate::cores::Cores;
use crate::error::internal;
use crate::limits::Limits;
use crate::pipeline::{DeliveryOptions, Pipeline, ProofJob, VERSION};
use budget::MemoryBudget;
use pool::Pool;

/// Bounds of a [`PooledRenderer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RendererSpec {
    /// How many pictures are rendered at once. Default: the number of cores. As long as there are fewer pictures than that, a large
    /// JPEG is rendered by two threads.
    pub threads: NonZeroUsize,
    /// What the pictures being rendered may take together, by estimate, in bytes; the originals' own bytes are not
    /// counted. Default 250 MiB for each thread. A single picture that needs more is refused as too large.
    pub memory_budget_bytes: u64,
    /// Bounds on each file.
    pub limits: Limits,
}

impl RendererSpec {
    /// Default share of memory for each thread, in bytes.
    pub const BYTES_PER_THREAD: u64 = 250 * 1024 * 1024;

    /// The defaults for a number of threads.
    pub fn with_threads(threads: NonZeroUsize) -> Self {
        Self {
            threads,
            memory_budget_bytes: Self::BYTES_PER_THREAD * threads.get() as u64,
            limits: Limits::default(),
        }
    }
}

impl Default for RendererSpec {
    fn default() -> Self {
        Self::with_threads(thread::available_parallelism().unwrap_or(NonZeroUsize::MIN))
    }
}

/// Renders on its own threads. Dropping it lets the running jobs end and fails the waiting ones.
///
/// ```
/// use halftone_core::ports::renderer::Renderer;
/// use halftone_processing::renderer::{PooledRenderer, RendererSpec};
/// let renderer = PooledRenderer::new(RendererSpec::default())?;
/// assert_eq!(renderer.version(), halftone_processing::pipeline::VERSION);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct PooledRenderer {
    pool: Pool,
    pipeline: Arc<Pipeline>,
    budget: Arc<MemoryBudget>,
    cores: Cores,
}

impl PooledRenderer {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub fn new(spec: RendererSpec) -> io::Result<Self> {
        let limits = Limits {
            max_working_bytes: spec.limits.max_working_bytes.min(spec.memory_budget_bytes),
            ..spec.limits
        };
        let cores = Cores::new(spec.threads);
        Ok(Self {
            pool: Pool::start(spec.threads)?,
            pipeline: Arc::new(Pipeline::with_cores(limits, cores.clone())),
            cores,
            budget: Arc::new(MemoryBudget::new(spec.memory_budget_bytes)),
        })
    }

    /// Runs a job on the pool. A caller that goes away before its turn costs nothing; one that goes away later leaves a
    /// result that nobody reads.
    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Pipeline, &Arc<MemoryBudget>) -> Result<T, RenderError> + Send + 'static,
    ) -> Result<T, RenderError> {
        let (sender, receiver) = oneshot::channel();
        let (pipeline, budget) = (Arc::clone(&self.pipeline), Arc::clone(&self.budget));
        // From now on and not only once it runs: a core that a job waits for is not idle.
        let busy = self.cores.occupy();
        self.pool.submit(Box::new(move || {
            if sender.is_canceled() {
                return;
            }
            let result = job(&pipeline, &budget);
            drop(busy);
            if sender.send(result).is_err() {
                tracing::debug!("a rendered picture was no longer wanted");
            }
        }));
        receiver.await.unwrap_or_else(|_| Err(internal("the renderer is shutting down")))
    }
}

#[async_trait]
impl Renderer for PooledRenderer {
    fn version(&self) -> u32 {
        VERSION
    }

    async fn render_proof(&self, request: ProofRequest) -> Result<RenderedPhoto, RenderError> {
        self.run(move |pipeline, budget| {
            let ProofRequest { original, options, logo, keep_base } = &request;
            let job = ProofJob { original, options, logo: logo.as_deref(), keeps_base: *keep_base };
            pipeline.render_proof_within(&job, |bytes| budget.reserve(bytes))
        })
        .await
    }

    async fn mark_anew(&self, request: MarkRequest) -> Result<MarkedPhoto, RenderError> {
        self.run(move |pipeline, budget| {
            let MarkRequest { base, options, logo } = &request;
            pipeline.mark_anew_within(base, options, logo.as_deref(), |bytes| budget.reserve(bytes))
        })
        .await
    }

    async fn render_delivery(&self, request: DeliveryRequest) -> Result<RenderedImage, RenderError> {
        self.run(move |pipeline, budget| {
            let DeliveryRequest { original, long_edge_px, quality, format } = request;
            let options = DeliveryOptions { long_edge_px, quality, format };
            pipeline.render_delivery_within(&original, options, |bytes| budget.reserve(bytes))
        })
        .await
    }

    async fn render_print(&self, request: PrintRequest) -> Result<RenderedImage, RenderError> {
        self.run(move |pipeline, budget| {
            let PrintRequest { original, layout } = request;
            pipeline.render_print_within(&original, &layout, |bytes| budget.reserve(bytes))
        })
        .await
    }

    async fn inspect_logo(&self, logo: Bytes) -> Result<PixelSize, RenderError> {
        self.run(move |pipeline, _| pipeline.inspect_logo(&logo)).await
    }
}
