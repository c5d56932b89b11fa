//! Numbers and texts one after the other, little-endian.

/// Reads fields; `None` once there are not enough bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'bytes>(&'bytes [u8]);

impl<'bytes> Fields<'bytes> {
    pub(super) const fn new(bytes: &'bytes [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&mut self, length: usize) -> Option<&'bytes [u8]> {
        let (field, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(field)
    }

    pub(super) fn skip(&mut self, length: usize) -> Option<()> {
        self.bytes(length).map(drop)
    }

    fn array<const LENGTH: usize>(&mut self) -> Option<[u8; LENGTH]> {
        self.bytes(LENGTH)?.try_into().ok()
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) const fn rest(self) -> &'bytes [u8] {
        self.0
    }
}

/// The extra field with this number.
pub(super) fn extra(bytes: &[u8], number: u16) -> Option<&[u8]> {
    let mut fields = Fields::new(bytes);
    loop {
        let (found, length) = (fields.u16()?, fields.u16()?);
        let content = fields.bytes(length.into())?;
        if found == number {
            return Some(content);
        }
    }
}
