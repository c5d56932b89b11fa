//! Everything that documents say by themselves, in each language. A language that lacks a text does not compile.

mod english;
mod german;
mod numbers;

use halftone_core::geometry::PrintQuality;
use halftone_core::invoice::InvoiceState;
use halftone_core::order::{Actor, OrderEventKind, OrderState};
use halftone_core::ports::documents::Language;

/// The texts of one language and how it writes numbers.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) job_ticket: &'static str,
    pub(crate) receipt: &'static str,
    pub(crate) order: &'static str,
    pub(crate) number: &'static str,
    pub(crate) placed: &'static str,
    pub(crate) client: &'static str,
    pub(crate) contents: &'static str,
    pub(crate) state: &'static str,
    pub(crate) payment: &'static str,
    pub(crate) special_request: &'static str,
    pub(crate) note: &'static str,
    pub(crate) picture: &'static str,
    pub(crate) no_picture: &'static str,
    pub(crate) file: &'static str,
    pub(crate) photo: &'static str,
    pub(crate) product: &'static str,
    pub(crate) quantity: &'static str,
    pub(crate) resolution: &'static str,
    pub(crate) quality_head: &'static str,
    pub(crate) digital: &'static str,
    pub(crate) unit_price: &'static str,
    pub(crate) amount: &'static str,
    /// Behind the number of pieces that cost nothing.
    pub(crate) included: &'static str,
    pub(crate) total: &'static str,
    pub(crate) totals: &'static str,
    pub(crate) prints: &'static str,
    pub(crate) history: &'static str,
    pub(crate) verification: &'static str,
    pub(crate) page: &'static str,
    pub(crate) of: &'static str,
    months: [&'static str; 12],
    /// Behind the day of a date: the point of German.
    ordinal: &'static str,
    decimal: char,
    thousands: char,
    qualities: [&'static str; 3],
    states: [&'static str; 6],
    /// What happened, for each state that was reached, and for an amendment.
    happenings: [&'static str; 7],
    /// How far the payment is, and what is said when it came so far: open, invoiced, paid, waived.
    payments: [&'static str; 4],
    actors: [&'static str; 3],
    /// One line and several.
    lines: [&'static str; 2],
    /// One print and several.
    print_count: [&'static str; 2],
}

impl Words {
    /// The texts of a language.
    pub(crate) const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &english::WORDS,
            Language::German => &german::WORDS,
        }
    }

    pub(crate) const fn quality(&self, quality: PrintQuality) -> &'static str {
        let [good, marginal, too_small] = self.qualities;
        match quality {
            PrintQuality::Good => good,
            PrintQuality::Marginal => marginal,
            PrintQuality::TooSmall => too_small,
        }
    }

    pub(crate) const fn state_word(&self, state: OrderState) -> &'static str {
        self.states[place(state)]
    }

    pub(crate) const fn happening(&self, kind: OrderEventKind) -> &'static str {
        match kind {
            OrderEventKind::Reached(state) => self.happenings[place(state)],
            OrderEventKind::Amended => self.happenings[6],
            OrderEventKind::Invoice(invoice) => self.payment_word(invoice),
        }
    }

    pub(crate) const fn payment_word(&self, invoice: InvoiceState) -> &'static str {
        let [open, invoiced, paid, waived] = self.payments;
        match invoice {
            InvoiceState::Open => open,
            InvoiceState::Invoiced => invoiced,
            InvoiceState::Paid => paid,
            InvoiceState::Waived => waived,
        }
    }

    pub(crate) const fn actor(&self, actor: Actor) -> &'static str {
        let [client, studio, system] = self.actors;
        match actor {
            Actor::Client => client,
            Actor::Studio => studio,
            Actor::System => system,
        }
    }

    /// `12 lines`.
    pub(crate) fn lines(&self, count: usize) -> String {
        format!("{} {}", self.whole(count as u64), self.lines[usize::from(count != 1)])
    }

    /// `12 prints`.
    pub(crate) fn print_count(&self, count: u64) -> String {
        format!("{} {}", self.whole(count), self.print_count[usize::from(count != 1)])
    }
}

/// The place of a state's words.
const fn place(state: OrderState) -> usize {
    match state {
        OrderState::Submitted => 0,
        OrderState::Accepted => 1,
        OrderState::InProduction => 2,
        OrderState::Ready => 3,
        OrderState::Completed => 4,
        OrderState::Cancelled => 5,
    }
}
