//! Nobody but the sharing service lets a client in.

use halftone_core::access::ClientPass;
use halftone_core::id::ClientId;
use halftone_core::share::Share;

fn leak(share: Share, client: ClientId) -> ClientPass {
    ClientPass::new(share, client)
}

fn main() {}
