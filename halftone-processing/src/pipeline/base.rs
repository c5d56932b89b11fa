//! What a proof is marked anew from: the proof before its mark, and what does not depend on the mark.
//!
//! | bytes | what |
//! | --- | --- |
//! | | the clean proof, a JPEG file |
//! | | the thumb, a JPEG file |
//! | 5 to 25 | the placeholder |
//! | 4 | bytes of the thumb |
//! | 4 | bytes of the placeholder |
//! | 4 | the [`VERSION`] that made it |
//! | 32 | SHA-256 of everything before |
//! | 8 | [`MAGIC`] |
//!
//! Numbers begin with their lowest byte. It is read from its end, so that the clean proof is a prefix of it. The digest is there
//! because whatever is wrong with a base would go into every proof that is made of it, unseen: a base is intact or it is none.

use bytes::{BufMut as _, Bytes, BytesMut};
use halftone_core::ports::renderer::{ProofBase, RenderError};
use halftone_core::rendition::Placeholder;
use sha2::{Digest as _, Sha256};

use super::VERSION;
use crate::error::malformed;

const MAGIC: &[u8; 8] = b"HTbase\r\n";

const DIGEST_BYTES: usize = 32;

/// Both lengths and the version.
const NUMBERS_BYTES: usize = 12;

/// The parts of a base.
pub(super) struct Base {
    pub(super) clean: Bytes,
    pub(super) thumb: Bytes,
    pub(super) placeholder: Placeholder,
}

impl Base {
    pub(super) fn to_bytes(&self) -> ProofBase {
        let placeholder = self.placeholder.as_bytes();
        let length = |part: &[u8]| u32::try_from(part.len()).expect("a rendition is far below 4 GiB");
        let parts = self.clean.len() + self.thumb.len() + placeholder.len();
        let mut bytes = BytesMut::with_capacity(parts + NUMBERS_BYTES + DIGEST_BYTES + MAGIC.len());
        for part in [&self.clean, &self.thumb, placeholder] {
            bytes.put_slice(part);
        }
        for number in [length(&self.thumb), length(placeholder), VERSION] {
            bytes.put_u32_le(number);
        }
        let digest = Sha256::digest(&bytes);
        bytes.put_slice(&digest);
        bytes.put_slice(MAGIC);
        ProofBase::new(bytes.freeze())
    }

    /// Takes a base apart.
    ///
    /// # Errors
    /// `Malformed` unless it is, to the bit, what this version made.
    pub(super) fn parse(base: &ProofBase) -> Result<Self, RenderError> {
        let (signed, rest) = split_end(base.bytes(), DIGEST_BYTES + MAGIC.len())?;
        let (parts, numbers) = split_end(&signed, NUMBERS_BYTES)?;
        let number = |at: usize| u32::from_le_bytes(*numbers[4 * at..].first_chunk().expect("three numbers"));
        if rest[DIGEST_BYTES..] != MAGIC[..] || number(2) != VERSION {
            return Err(malformed("the base of the proof is not one of this version"));
        }
        if rest[..DIGEST_BYTES] != Sha256::digest(&signed)[..] {
            return Err(malformed("the base of the proof is damaged"));
        }
        let (parts, placeholder) = split_end(&parts, number(1) as usize)?;
        let (clean, thumb) = split_end(&parts, number(0) as usize)?;
        let placeholder =
            Placeholder::parse(placeholder.to_vec()).map_err(|cause| malformed(cause.to_string()))?;
        Ok(Self { clean, thumb, placeholder })
    }
}

/// Cuts so many bytes off the end.
fn split_end(bytes: &Bytes, count: usize) -> Result<(Bytes, Bytes), RenderError> {
    let at = bytes.len().checked_sub(count).ok_or_else(|| malformed("the base of the proof is cut off"))?;
    Ok((bytes.slice(..at), bytes.slice(at..)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Base {
        Base {
            clean: Bytes::from_static(b"a clean proof"),
            thumb: Bytes::from_static(b"a thumb"),
            placeholder: Placeholder::parse(vec![7; 6]).unwrap(),
        }
    }

    #[test]
    fn a_base_is_read_as_it_was_written() {
        let read = Base::parse(&base().to_bytes()).unwrap();
        assert_eq!((read.clean, read.thumb), (base().clean, base().thumb));
        assert_eq!(read.placeholder, base().placeholder);
    }

    #[test]
    fn a_base_that_is_cut_off_or_damaged_is_none() {
        let whole = base().to_bytes().bytes().clone();
        for length in 0..whole.len() {
            assert!(Base::parse(&ProofBase::new(whole.slice(..length))).is_err(), "{length}");
        }
        for at in 0..whole.len() {
            for bit in [1, 0x80] {
                let mut bytes = whole.to_vec();
                bytes[at] ^= bit;
                assert!(Base::parse(&ProofBase::new(bytes.into())).is_err(), "{at}");
            }
        }
    }
}
