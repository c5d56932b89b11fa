//! A renderer that does what a test wants.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::{
    DeliveryRequest, MarkRequest, MarkedPhoto, PhotoFacts, PrintRequest, ProofRequest, RenderError,
    RenderedImage, RenderedPhoto, Renderer,
};
use halftone_core::rendition::{Placeholder, RenditionFormat};
use tokio::sync::Semaphore;

/// What rendering one photo comes to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    /// The picture.
    Picture,
    /// The picture, after some time of tokio's clock.
    After(Duration),
    /// The file is at fault.
    BadFile,
    /// The renderer is at fault.
    OurFault,
    /// It panics.
    Panic,
    /// It never ends.
    Hang,
}

/// Plays its acts in order, and then gives pictures.
#[derive(Debug)]
pub(crate) struct ScriptedRenderer {
    acts: Mutex<VecDeque<Act>>,
    running: Semaphore,
    most_at_once: Mutex<usize>,
    renders: Mutex<usize>,
}

const MANY: usize = 1_000;

impl ScriptedRenderer {
    pub(crate) fn new(acts: &[Act]) -> Self {
        Self {
            acts: Mutex::new(acts.iter().copied().collect()),
            running: Semaphore::new(MANY),
            most_at_once: Mutex::new(0),
            renders: Mutex::new(0),
        }
    }

    /// How many photos were rendered at the same time at most.
    pub(crate) fn most_at_once(&self) -> usize {
        *self.most_at_once.lock().unwrap()
    }

    /// How many renders were begun.
    pub(crate) fn renders(&self) -> usize {
        *self.renders.lock().unwrap()
    }

    async fn play(&self) -> Result<RenderedPhoto, RenderError> {
        let _running = self.running.acquire().await.unwrap();
        *self.renders.lock().unwrap() += 1;
        let at_once = MANY - self.running.available_permits();
        let most = self.most_at_once().max(at_once);
        *self.most_at_once.lock().unwrap() = most;
        let act = self.acts.lock().unwrap().pop_front().unwrap_or(Act::Picture);
        match act {
            Act::Picture => Ok(picture()),
            Act::After(time) => {
                tokio::time::sleep(time).await;
                Ok(picture())
            }
            Act::BadFile => Err(RenderError::Malformed { detail: "the JPEG ends too early".to_owned() }),
            Act::OurFault => Err(not_here()),
            Act::Panic => panic!("a renderer that panics"),
            Act::Hang => std::future::pending().await,
        }
    }
}

fn not_here() -> RenderError {
    RenderError::Internal { detail: "the renderer is broken".to_owned() }
}

fn picture() -> RenderedPhoto {
    let size = PixelSize::new(40, 30).unwrap();
    let image = |bytes: &'static [u8]| RenderedImage {
        bytes: Bytes::from_static(bytes),
        size,
        format: RenditionFormat::Jpeg,
    };
    RenderedPhoto {
        facts: PhotoFacts { size, captured_at: None, camera: None, lens: None },
        marked: MarkedPhoto {
            proof: image(b"\xff\xd8\xff\xe0 a proof \x00\xff\xd9"),
            thumb: image(b"\xff\xd8\xff\xe0 a thumb \x00\xff\xd9"),
            placeholder: Placeholder::parse(vec![1; 5]).unwrap(),
        },
        base: None,
    }
}

#[async_trait]
impl Renderer for ScriptedRenderer {
    fn version(&self) -> u32 {
        1
    }

    async fn render_proof(&self, _: ProofRequest) -> Result<RenderedPhoto, RenderError> {
        self.play().await
    }

    async fn mark_anew(&self, _: MarkRequest) -> Result<MarkedPhoto, RenderError> {
        Err(not_here())
    }

    async fn render_delivery(&self, _: DeliveryRequest) -> Result<RenderedImage, RenderError> {
        Err(not_here())
    }

    async fn render_print(&self, _: PrintRequest) -> Result<RenderedImage, RenderError> {
        Err(not_here())
    }

    async fn inspect_logo(&self, _: Bytes) -> Result<PixelSize, RenderError> {
        Err(not_here())
    }
}
