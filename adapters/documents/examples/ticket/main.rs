//! Writes a job ticket and a receipt, in both languages, as PDF files.
//!
//! ```console
//! cargo run -p halftone-documents --example ticket -- target/documents
//! ```

mod sample;

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use futures::executor::block_on;
use halftone_core::ports::documents::{DocumentRenderer, JobTicket, Language, Receipt};
use halftone_documents::PdfRenderer;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("target/documents"), PathBuf::from);
    fs::create_dir_all(&folder)?;
    let renderer = PdfRenderer::start()?;
    for language in Language::ALL {
        let ticket = block_on(renderer.job_ticket(JobTicket { language, ..sample::ticket(7) }))?;
        let receipt = block_on(renderer.receipt(Receipt { language, ..sample::receipt(7) }))?;
        for (name, document) in [("ticket", ticket), ("receipt", receipt)] {
            let path = folder.join(format!("{name}-{}.pdf", language.as_str()));
            fs::write(&path, &document)?;
            writeln!(std::io::stdout(), "{}: {} bytes", path.display(), document.len())?;
        }
    }
    Ok(())
}
