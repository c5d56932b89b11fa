//! Which photo an edited file belongs to, of a whole folder of them. What is not certain is listed and never guessed.
//!
//! A file belongs to the photos of the gallery whose camera filename has the same stem, in any case and with any extension,
//! once nothing, or some of what editors append, is taken off the end of the file's own stem (see [`stems`]). All photos that
//! any of these stems names are candidates together: `IMG_0412_1.jpg` may be the camera's second `IMG_0412` or an edit of the
//! first, and if both are in the gallery, the name does not tell. A capture time then rules out candidates that were taken at
//! another second. What is left must be exactly one, named by a stem, and claimed by one file of the request alone.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::access::Principal;
use crate::id::{GalleryId, PhotoId, StudioId};
use crate::page::{PageLimit, PageRequest};
use crate::photo::{Photo, PhotoSort, PhotoStateKind, Sha256Hash, ShapeRule};
use crate::ports::error::StorageError;
use crate::ports::photos::PhotoFilter;
use crate::services::error::InvalidField;
use crate::services::uploads::{AnnouncedFile, CheckedFile, Ticket, UploadError, UploadService};
use crate::text::{Filename, InvalidValue};

/// The most candidates that are listed for one file.
const MOST_CANDIDATES: usize = 20;

/// What editors append to a stem, in lower case. A number may follow, after a hyphen, an underscore or a space.
const EDIT_WORDS: [&str; 12] =
    ["edit", "edited", "enhanced", "nr", "bw", "b&w", "hdr", "pano", "copy", "final", "retouched", "export"];

/// A file that is to replace the original of some photo of a gallery.
#[derive(Debug, Clone)]
pub struct MatchRequest {
    /// The file.
    pub file: AnnouncedFile,
    /// When its picture was taken, if it tells.
    pub captured_at: Option<Timestamp>,
}

/// To which photo a file belongs.
#[derive(Debug)]
pub enum Matched {
    /// To this one: here is the ticket.
    Matched {
        /// The photo.
        photo: PhotoId,
        /// Where to send the file.
        ticket: Ticket,
    },
    /// The very same bytes are there already; there is nothing to send.
    Unchanged {
        /// The photo that has them.
        photo: PhotoId,
    },
    /// It may belong to any of these; somebody has to say which.
    Ambiguous {
        /// At most twenty candidates, by id.
        candidates: Vec<PhotoId>,
    },
    /// To none of the gallery.
    Unmatched,
}

impl UploadService {
    /// Finds the photo of each file, and issues tickets for those that are certain. Each file is refused by itself if it
    /// cannot be taken.
    pub async fn replace_matching(
        &self,
        principal: &Principal,
        gallery: GalleryId,
        requests: &[MatchRequest],
        shape: ShapeRule,
    ) -> Result<Vec<Result<Matched, UploadError>>, UploadError> {
        let studio = principal.manage()?;
        if requests.is_empty() || requests.len() > Self::MOST_FILES {
            let rule = InvalidValue::new("files", format!("must be 1 to {}", Self::MOST_FILES));
            return Err(InvalidField::new("files", rule).into());
        }
        self.check_gallery(studio, gallery).await?;
        let index = self.index(studio, gallery).await?;
        let checked: Vec<Result<(CheckedFile, Verdict), UploadError>> = requests
            .iter()
            .map(|request| {
                let file = self.check(&request.file)?;
                let verdict = index.judge(&file.filename, file.sha256, request.captured_at);
                Ok((file, verdict))
            })
            .collect();
        let claims = claims(&checked);
        let mut outcomes = Vec::with_capacity(checked.len());
        for outcome in checked {
            let (file, verdict) = match outcome {
                Ok(checked) => checked,
                Err(error) => {
                    outcomes.push(Err(error));
                    continue;
                }
            };
            outcomes.push(match verdict {
                Verdict::Certain(photo) if claims.get(&photo).copied() == Some(1) => {
                    match self.announce(studio, photo, &file, shape).await {
                        Ok(ticket) => Ok(Matched::Matched { photo, ticket }),
                        // A store that is down will not do better with the next file.
                        Err(UploadError::Storage(error)) => return Err(error.into()),
                        Err(error) => Err(error),
                    }
                }
                Verdict::Certain(photo) => Ok(Matched::Ambiguous { candidates: vec![photo] }),
                Verdict::Unchanged(photo) => Ok(Matched::Unchanged { photo }),
                Verdict::Unclear(candidates) => Ok(Matched::Ambiguous { candidates }),
                Verdict::Nothing => Ok(Matched::Unmatched),
            });
        }
        Ok(outcomes)
    }

    async fn index(&self, studio: StudioId, gallery: GalleryId) -> Result<Index, StorageError> {
        let filter = PhotoFilter {
            sort: PhotoSort::UploadedAt,
            states: PhotoStateKind::WITH_BYTES.to_vec(),
            ..PhotoFilter::default()
        };
        let (mut index, mut after) = (Index::default(), None);
        loop {
            let page = PageRequest::after(PageLimit::MOST, after);
            let found = self.world().metadata().photos.list(studio, gallery, &filter, &page).await?;
            for photo in found.items {
                index.add(&photo.value);
            }
            after = found.next;
            if after.is_none() {
                return Ok(index);
            }
        }
    }
}

/// How many files claim each photo.
fn claims(checked: &[Result<(CheckedFile, Verdict), UploadError>]) -> HashMap<PhotoId, usize> {
    let mut claims = HashMap::new();
    for (_, verdict) in checked.iter().flatten() {
        if let Verdict::Certain(photo) = verdict {
            *claims.entry(*photo).or_default() += 1;
        }
    }
    claims
}

/// What is known of one file before the others are looked at.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Certain(PhotoId),
    Unchanged(PhotoId),
    Unclear(Vec<PhotoId>),
    Nothing,
}

/// What a gallery's photos are found by: some hundred bytes for each.
#[derive(Debug, Default)]
struct Index {
    by_stem: HashMap<String, Vec<PhotoId>>,
    by_hash: HashMap<Sha256Hash, PhotoId>,
    by_second: HashMap<i64, Vec<PhotoId>>,
    taken_at: HashMap<PhotoId, i64>,
}

impl Index {
    fn add(&mut self, photo: &Photo) {
        self.by_stem.entry(stem(&photo.filename)).or_default().push(photo.id);
        if let Some(sha256) = photo.sha256 {
            self.by_hash.entry(sha256).or_insert(photo.id);
        }
        if let Some(taken_at) = photo.facts.as_ref().and_then(|facts| facts.captured_at) {
            self.by_second.entry(taken_at.as_second()).or_default().push(photo.id);
            self.taken_at.insert(photo.id, taken_at.as_second());
        }
    }

    fn judge(
        &self,
        filename: &Filename,
        sha256: Option<Sha256Hash>,
        captured_at: Option<Timestamp>,
    ) -> Verdict {
        if let Some(photo) = sha256.and_then(|sha256| self.by_hash.get(&sha256)) {
            return Verdict::Unchanged(*photo);
        }
        let second = captured_at.map(Timestamp::as_second);
        let named: BTreeMap<PhotoId, bool> = stems(&stem(filename))
            .iter()
            .filter_map(|stem| self.by_stem.get(stem))
            .flatten()
            .map(|photo| (*photo, self.agrees(*photo, second)))
            .collect();
        let agreeing: Vec<PhotoId> =
            named.iter().filter(|(_, agrees)| **agrees).map(|(photo, _)| *photo).collect();
        match *agreeing {
            [photo] => Verdict::Certain(photo),
            // The name says one thing and the clock another: two cameras with the same numbers, or a clock that was set.
            [] if !named.is_empty() => unclear(named.into_keys().collect()),
            // A time alone is a hint: whoever renamed the file knows better.
            [] => match second.and_then(|second| self.by_second.get(&second)) {
                Some(photos) => unclear(photos.clone()),
                None => Verdict::Nothing,
            },
            _ => unclear(agreeing),
        }
    }

    /// Whether a capture time does not rule a photo out. Editors drop fractions of a second, so whole ones are compared.
    fn agrees(&self, photo: PhotoId, second: Option<i64>) -> bool {
        match (self.taken_at.get(&photo), second) {
            (Some(taken_at), Some(second)) => *taken_at == second,
            (None, _) | (_, None) => true,
        }
    }
}

fn unclear(mut candidates: Vec<PhotoId>) -> Verdict {
    candidates.sort_unstable();
    candidates.truncate(MOST_CANDIDATES);
    Verdict::Unclear(candidates)
}

/// A filename without its extension, in lower case.
fn stem(filename: &Filename) -> String {
    let name = filename.as_str();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_lowercase()
}

/// Every stem that the photo of an edited file may have: its own, and what is left each time something that editors append
/// is taken off its end: one of [`EDIT_WORDS`] after a hyphen, an underscore or a space, or a number of one or two digits
/// after one of these, or in parentheses.
fn stems(stem: &str) -> Vec<String> {
    let mut stems = vec![stem.to_owned()];
    let mut rest = stem;
    while let Some(shorter) = without_suffix(rest) {
        stems.push(shorter.to_owned());
        rest = shorter;
    }
    stems
}

fn without_suffix(stem: &str) -> Option<&str> {
    let rest = without_parentheses(stem).or_else(|| {
        let (rest, last) = stem.rsplit_once(['-', '_', ' '])?;
        (EDIT_WORDS.contains(&last) || is_short_number(last)).then_some(rest)
    })?;
    let rest = rest.trim_end_matches(['-', '_', ' ']);
    (!rest.is_empty()).then_some(rest)
}

/// `img_0412 (2)` as `img_0412`.
fn without_parentheses(stem: &str) -> Option<&str> {
    let (rest, number) = stem.strip_suffix(')')?.rsplit_once('(')?;
    is_short_number(number).then_some(rest)
}

/// Cameras count with three digits or more.
fn is_short_number(text: &str) -> bool {
    (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn photo(number: u128) -> PhotoId {
        PhotoId::from_uuid(Uuid::from_u128(number))
    }

    /// Photos with these names and capture times, numbered from 1.
    fn index(photos: &[(&str, Option<i64>)]) -> Index {
        let mut index = Index::default();
        for ((name, second), number) in photos.iter().zip(1..) {
            let filename = Filename::parse(name).unwrap();
            index.by_stem.entry(stem(&filename)).or_default().push(photo(number));
            if let Some(second) = second {
                index.by_second.entry(*second).or_default().push(photo(number));
                index.taken_at.insert(photo(number), *second);
            }
        }
        index
    }

    fn judge(index: &Index, name: &str, second: Option<i64>) -> Verdict {
        let time = second.map(|second| Timestamp::from_second(second).unwrap());
        index.judge(&Filename::parse(name).unwrap(), None, time)
    }

    #[test]
    fn extensions_and_what_editors_append_are_taken_off() {
        let index = index(&[("IMG_0412.JPG", None), ("IMG_0413.JPG", None)]);
        for name in [
            "IMG_0412.tif",
            "img_0412.jpeg",
            "IMG_0412-Edit.jpg",
            "IMG_0412-Edit-2.jpg",
            "IMG_0412_1.jpg",
            "IMG_0412 copy.jpg",
            "IMG_0412 copy 2.jpg",
            "IMG_0412 (2).jpg",
            "IMG_0412-Enhanced-NR.jpg",
        ] {
            assert_eq!(judge(&index, name, None), Verdict::Certain(photo(1)), "{name}");
        }
        for name in ["IMG_041.jpg", "IMG_0412-wedding.jpg", "0412.jpg", "IMG.jpg"] {
            assert_eq!(judge(&index, name, None), Verdict::Nothing, "{name}");
        }
    }

    #[test]
    fn two_photos_that_a_name_may_mean_are_both_listed() {
        let index = index(&[
            ("IMG_0412.JPG", None),
            ("IMG_0412_1.JPG", None),
            ("DSC_7.PNG", None),
            ("dsc_7.jpg", None),
        ]);
        assert_eq!(judge(&index, "IMG_0412_1.jpg", None), Verdict::Unclear(vec![photo(1), photo(2)]));
        assert_eq!(judge(&index, "IMG_0412.jpg", None), Verdict::Certain(photo(1)));
        assert_eq!(judge(&index, "DSC_7.jpg", None), Verdict::Unclear(vec![photo(3), photo(4)]));
    }

    #[test]
    fn a_capture_time_tells_photos_of_one_name_apart_and_rules_out_others() {
        let index = index(&[("IMG_1.JPG", Some(100)), ("IMG_1.JPG", Some(200)), ("IMG_2.JPG", Some(300))]);
        assert_eq!(judge(&index, "IMG_1.jpg", Some(200)), Verdict::Certain(photo(2)));
        assert_eq!(judge(&index, "IMG_1.jpg", None), Verdict::Unclear(vec![photo(1), photo(2)]));
        assert_eq!(judge(&index, "IMG_2.jpg", Some(301)), Verdict::Unclear(vec![photo(3)]));
    }

    #[test]
    fn a_time_alone_is_a_hint_and_no_match() {
        let index = index(&[("IMG_1.JPG", Some(100))]);
        assert_eq!(judge(&index, "bride-and-groom.jpg", Some(100)), Verdict::Unclear(vec![photo(1)]));
        assert_eq!(judge(&index, "bride-and-groom.jpg", Some(101)), Verdict::Nothing);
    }

    #[test]
    fn a_name_that_is_nothing_but_suffixes_keeps_its_beginning() {
        assert_eq!(stems("edit-1"), ["edit-1", "edit"]);
        assert_eq!(stems("(2)"), ["(2)"]);
    }
}
