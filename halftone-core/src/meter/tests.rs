use uuid::Uuid;

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn photo(number: u128) -> PhotoId {
    PhotoId::from_uuid(Uuid::from_u128(number))
}

fn order(number: u128) -> Holder {
    Holder::Order(OrderId::from_uuid(Uuid::from_u128(number)))
}

fn selection() -> Holder {
    Holder::Selection {
        selection: SelectionId::from_uuid(Uuid::from_u128(1)),
        client: ClientId::from_uuid(Uuid::nil()),
    }
}

fn meter() -> Meter {
    Meter::new(StudioId::from_uuid(Uuid::nil()), ShareId::from_uuid(Uuid::nil()))
}

fn allowance(files: i64, prints: i64) -> Allowance {
    Allowance { files: Some(Included::parse(files).unwrap()), prints: Some(Included::parse(prints).unwrap()) }
}

fn pieces(prints: u32, files: &[u128]) -> Pieces {
    Pieces { prints, files: files.iter().copied().map(photo).collect() }
}

fn left(meter: &Meter) -> (u32, u32) {
    let left = meter.left(allowance(5, 5));
    (left.files.unwrap().left, left.prints.unwrap().left)
}

#[test]
fn a_photo_counts_once_however_it_was_taken() {
    let mut meter = meter();
    meter.downloaded.insert(photo(1));
    meter.open(selection(), pieces(0, &[1, 2]), NOW, None);
    meter.open(order(1), pieces(2, &[2, 3]), NOW, None);
    assert_eq!(left(&meter), (2, 3));
}

#[test]
fn giving_back_gives_back_what_nobody_else_holds() {
    let mut meter = meter();
    meter.downloaded.insert(photo(1));
    let turn = meter.open(selection(), pieces(0, &[1, 2, 3]), NOW, None).unwrap();
    meter.open(order(1), pieces(0, &[3]), NOW, None);
    meter.settle(selection(), turn, Pieces::default(), NOW);
    assert_eq!(meter.taken(), [photo(1), photo(3)].into());
}

#[test]
fn a_holder_can_have_what_is_left_and_what_it_has() {
    let mut meter = meter();
    meter.open(order(1), pieces(4, &[1, 2]), NOW, None);
    assert_eq!(meter.cover(allowance(5, 5), Some(order(1))).prints, 5);
    assert_eq!(meter.cover(allowance(5, 5), Some(order(2))).prints, 1);
    let lowered = meter.cover(allowance(1, 2), Some(order(1)));
    assert_eq!((lowered.prints, lowered.files, lowered.taken), (4, 0, pieces(0, &[1, 2]).files));
    let uncounted = meter.cover(Allowance::default(), Some(order(2)));
    assert_eq!(uncounted, Cover::default());
}

#[test]
fn only_the_last_turn_settles() {
    let mut meter = meter();
    let first = meter.open(order(1), pieces(2, &[]), NOW, None).unwrap();
    let second = meter.open(order(1), pieces(4, &[]), NOW, None).unwrap();
    meter.settle(order(1), first, pieces(2, &[]), NOW);
    assert_eq!(left(&meter), (5, 1));
    meter.settle(order(1), second, pieces(3, &[]), NOW);
    assert_eq!(left(&meter), (5, 2));
    assert_eq!(meter.doubtful(NOW + Meter::DOUBT), []);
}

#[test]
fn what_is_settled_too_late_is_held_and_looked_at_again() {
    let mut meter = meter();
    let turn = meter.open(order(1), pieces(2, &[]), NOW, None).unwrap();
    assert_eq!(meter.doubtful(NOW), []);
    assert_eq!(meter.doubtful(NOW + Meter::DOUBT), [order(1)]);
    meter.decide(order(1), Pieces::default());
    meter.settle(order(1), turn, pieces(2, &[]), NOW);
    assert_eq!((left(&meter), meter.doubtful(NOW)), ((5, 3), vec![order(1)]));
}

#[test]
fn a_full_meter_includes_nothing_more() {
    let mut meter = meter();
    for number in 0..Meter::MOST_HOLDS as u128 {
        meter.open(order(number), pieces(0, &[1]), NOW, None);
    }
    assert_eq!(meter.cover(allowance(5, 5), Some(order(5_000))), Cover::default());
    assert_eq!(meter.cover(allowance(5, 5), Some(order(0))).prints, 5);
}

#[test]
fn photos_that_are_gone_are_given_back_by_selections_alone() {
    let mut meter = meter();
    meter.open(selection(), pieces(0, &[1]), NOW, None);
    meter.open(order(1), pieces(0, &[2]), NOW, None);
    meter.forget(&[photo(1), photo(2)].into());
    assert_eq!(meter.holds.iter().map(|hold| hold.holder).collect::<Vec<_>>(), [order(1)]);
}
