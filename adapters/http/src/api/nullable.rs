//! Fields of a `PATCH` that null clears.

use poem_openapi::types::MaybeUndefined;

/// What a field asks for: `None` leaves it, `Some(None)` clears it, `Some(Some(..))` sets what `read` makes of it.
#[expect(clippy::option_option, reason = "it is the form of the core's changes")]
pub(crate) fn change<Sent, Read, Error>(
    field: MaybeUndefined<Sent>,
    read: impl FnOnce(Sent) -> Result<Read, Error>,
) -> Result<Option<Option<Read>>, Error> {
    match field {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Ok(Some(None)),
        MaybeUndefined::Value(value) => read(value).map(|value| Some(Some(value))),
    }
}
