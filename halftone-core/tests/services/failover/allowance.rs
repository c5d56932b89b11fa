//! Between a reservation and its order the connection breaks: nothing leaks, and no order has what the meter does not hold.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use halftone_core::access::Principal;
use halftone_core::id::{ShareId, StudioId};
use halftone_core::meter::{Holder, Meter, Pieces};
use halftone_core::order::{Order, OrderState, Quantity};
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::meters::MeterRepository;
use halftone_core::ports::orders::{OrderFilter, OrderRepository};
use halftone_core::services::catalogue::Precondition;
use halftone_core::services::ordering::{ItemChange, KeptItem, OrderChange, OrderingError, Placed};
use jiff::SignedDuration;

use super::{Break, INTACT, Line, Remote};
use crate::allowance::{Package, package_in, terms};
use crate::ordering::{item, key, request};
use crate::world::{World, first_page};

#[async_trait]
impl MeterRepository for Remote<dyn MeterRepository> {
    async fn create(&self, meter: &Meter) -> Result<Version, StorageError> {
        self.line.carry("create meter", self.inner.create(meter)).await
    }

    async fn find(&self, studio: StudioId, share: ShareId) -> Result<Option<Versioned<Meter>>, StorageError> {
        self.line.carry("find meter", self.inner.find(studio, share)).await
    }

    async fn update(&self, meter: &Meter, seen: Version) -> Result<Version, StorageError> {
        self.line.carry("update meter", self.inner.update(meter, seen)).await
    }

    async fn purge(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError> {
        self.line.carry("purge meter", self.inner.purge(studio, share)).await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        self.line.carry("purge meters", self.inner.purge_by_studio(studio)).await
    }
}

/// Five prints are included.
const INCLUDED: u32 = 5;

/// A package behind a line, and what is really stored.
struct Scene {
    package: Package,
    line: Arc<Line>,
    orders: Arc<dyn OrderRepository>,
    meters: Arc<dyn MeterRepository>,
}

impl Scene {
    async fn new(at: Break) -> Self {
        let (line, stored) = (Line::intact(at), Mutex::new(None));
        let world = World::over(|backend| {
            let (orders, meters) = (&mut backend.metadata.orders, &mut backend.metadata.meters);
            *stored.lock().unwrap() = Some((Arc::clone(orders), Arc::clone(meters)));
            *orders = Arc::new(Remote { inner: Arc::clone(orders), line: Arc::clone(&line) });
            *meters = Arc::new(Remote { inner: Arc::clone(meters), line: Arc::clone(&line) });
        });
        let (orders, meters) = stored.into_inner().unwrap().unwrap();
        let package = package_in(world, 1, terms(None, Some(i64::from(INCLUDED)))).await;
        Self { package, line, orders, meters }
    }

    fn share(&self) -> (StudioId, ShareId) {
        let Principal::Client(pass) = &self.package.client else { panic!("a client has a pass") };
        (pass.studio(), pass.share_id())
    }

    /// The orders that were not cancelled; the meter holds what each of them has.
    async fn check(&self, at: &str) -> Vec<Order> {
        let (studio, share) = self.share();
        let listed = self.orders.list(studio, &OrderFilter::default(), &first_page()).await.unwrap();
        let orders = listed.items.into_iter().map(|order| order.value);
        let live: Vec<Order> = orders.filter(|order| order.state != OrderState::Cancelled).collect();
        let meter = self.meters.find(studio, share).await.unwrap().map(|meter| meter.value);
        for order in &live {
            let found = meter.as_ref().and_then(|meter| meter.find(Holder::Order(order.id)));
            let prints = found.map_or(0, |hold| hold.pieces.prints);
            assert!(prints >= Pieces::of(&order.items).prints, "{at}: {prints} held");
        }
        let held: u32 = meter.iter().flat_map(|meter| &meter.holds).map(|hold| hold.pieces.prints).sum();
        assert!(held <= INCLUDED, "{at}: {held} held");
        live
    }

    /// Waits until nothing is in doubt any more: what is left is what no order has.
    async fn check_at_rest(&self, at: &str) {
        self.package.world.pass(Meter::DOUBT + SignedDuration::from_secs(1));
        let live = self.check(at).await;
        let has: u32 = live.iter().map(|order| Pieces::of(&order.items).prints).sum();
        assert_eq!(self.package.left().await, (None, Some(INCLUDED - has)), "{at}");
    }

    async fn place(&self, name: &str, quantity: i64) -> Result<Order, OrderingError> {
        let items = vec![item(self.package.photos[0], self.package.print, quantity)];
        let ordering = &self.package.world.services.ordering;
        match ordering.place(&self.package.client, key(name), request(items)).await? {
            Placed::Now(order) | Placed::Before(order) => Ok(order.value),
        }
    }

    async fn amend(&self, order: &Order, quantity: i64) -> Result<Order, OrderingError> {
        let quantity = Some(Quantity::parse(quantity).unwrap());
        let id = order.items[0].id;
        let kept = KeptItem { id, photo: None, product: None, quantity, crop: None, note: None };
        let change = OrderChange { items: Some(vec![ItemChange::Kept(kept)]), ..OrderChange::default() };
        let ordering = &self.package.world.services.ordering;
        let amended = ordering.amend(&self.package.client, order.id, &change, Precondition::NONE).await?;
        Ok(amended.value)
    }

    async fn cancel(&self, order: &Order) -> Result<Order, OrderingError> {
        let ordering = &self.package.world.services.ordering;
        let to = OrderState::Cancelled;
        match ordering.transition(&self.package.studio, order.id, to, None).await {
            Ok(order) => Ok(order.value),
            // The reply was lost, and it is asked for again.
            Err(OrderingError::Transition(error)) if error.from == to => Ok(order.clone()),
            Err(error) => Err(error),
        }
    }
}

/// Whether whoever asks stays to ask again when the answer is 503.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    Once,
    Twice,
}

/// The outcome of a step, or `None` if it failed and nobody asks again.
async fn step<T>(asks: Asks, ask: impl AsyncFn() -> Result<T, OrderingError>) -> Option<T> {
    for _ in 0..2 {
        match ask().await {
            Ok(outcome) => return Some(outcome),
            Err(OrderingError::Storage(error)) if error.kind().is_transient() => {}
            Err(error) => panic!("{error}"),
        }
        if asks == Asks::Once {
            return None;
        }
    }
    panic!("one call alone was to fail");
}

/// Places, amends up and down, and cancels an order beside another one; whoever fails leaves.
async fn act(scene: &Scene, asks: Asks, at: &str) {
    let Some(order) = step(asks, async || scene.place("one", 3).await).await else { return };
    scene.check(at).await;
    for quantity in [7, 2, 4] {
        if step(asks, async || scene.amend(&order, quantity).await).await.is_none() {
            return;
        }
        scene.check(at).await;
    }
    if step(asks, async || scene.place("two", 2).await).await.is_none() {
        return;
    }
    scene.check(at).await;
    if step(asks, async || scene.cancel(&order).await).await.is_some() {
        scene.check(at).await;
    }
}

async fn nothing_leaks(at: Break, asks: Asks) {
    for calls in 0.. {
        let scene = Scene::new(at).await;
        scene.line.break_after(calls);
        let name = format!("{at:?} call {calls}");
        act(&scene, asks, &name).await;
        let has_broken = scene.line.mend();
        scene.check(&name).await;
        scene.check_at_rest(&name).await;
        if !has_broken {
            assert!(calls > 30, "the line was used {calls} times only");
            assert_eq!(scene.package.left().await, (None, Some(INCLUDED - 1)));
            return;
        }
    }
}

#[tokio::test]
async fn nothing_leaks_whatever_command_fails() {
    nothing_leaks(Break::Before, Asks::Once).await;
}

#[tokio::test]
async fn nothing_leaks_whatever_reply_is_lost() {
    nothing_leaks(Break::After, Asks::Once).await;
}

#[tokio::test]
async fn nothing_is_taken_twice_whatever_command_fails() {
    nothing_leaks(Break::Before, Asks::Twice).await;
}

#[tokio::test]
async fn nothing_is_taken_twice_whatever_reply_is_lost() {
    nothing_leaks(Break::After, Asks::Twice).await;
}

/// Breaks the call that writes the order, when its pieces are reserved.
async fn reserve_alone(scene: &Scene, quantity: i64) {
    for calls in 0.. {
        scene.line.break_after(calls);
        let placed = scene.place("one", quantity).await;
        assert!(placed.is_err() && scene.check("reserving").await.is_empty());
        scene.line.calls_left.store(INTACT, std::sync::atomic::Ordering::SeqCst);
        let (studio, share) = scene.share();
        if scene.meters.find(studio, share).await.unwrap().is_some() {
            return;
        }
    }
}

#[tokio::test]
async fn a_reservation_without_an_order_is_found_by_its_key_and_reclaimed_after_a_while() {
    let scene = Scene::new(Break::Before).await;
    reserve_alone(&scene, 3).await;
    assert_eq!(scene.package.left().await, (None, Some(2)));
    let other = scene.place("one", 1).await;
    assert!(matches!(other, Err(OrderingError::KeyReused)));
    let same = scene.place("one", 3).await.unwrap();
    assert_eq!((same.items[0].included, scene.package.left().await), (3, (None, Some(2))));

    let scene = Scene::new(Break::Before).await;
    reserve_alone(&scene, 3).await;
    scene.package.world.pass(Meter::DOUBT);
    assert_eq!(scene.package.left().await, (None, Some(INCLUDED)));
    let other = scene.place("one", 5).await.unwrap();
    assert_eq!((other.items[0].included, scene.package.left().await), (5, (None, Some(0))));
}
