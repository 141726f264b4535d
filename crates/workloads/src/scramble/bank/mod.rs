//! Items that come with Ergon: generated from templates with fresh numbers for each seed, or written down.
//!
//! Belongs here: the items. Does not belong here: the user's own data ([`dataset`](super::dataset)).

mod arithmetic;
mod facts;
mod logic;
mod multi_step;
mod template;
mod units;

use std::collections::BTreeSet;

use ergon_domain::{Canonical, Digest, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::item::Item;
use template::Template;

/// A bank of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bank {
    /// Word problems in one or two steps.
    Arithmetic,
    /// Word problems in three and more steps.
    MultiStep,
    /// Orders, grids and syllogisms.
    Logic,
    /// Conversions between units.
    Units,
    /// Written questions with a short answer.
    Facts,
    /// The same with four options.
    FactsChoice,
    /// All but `FactsChoice`, taking turns.
    Mixed,
}

impl Bank {
    /// All, as named in specs.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("arithmetic", Self::Arithmetic),
        ("multi_step", Self::MultiStep),
        ("logic", Self::Logic),
        ("units", Self::Units),
        ("facts", Self::Facts),
        ("facts_choice", Self::FactsChoice),
        ("mixed", Self::Mixed),
    ];

    fn templates(self) -> &'static [Template] {
        match self {
            Self::Arithmetic => &arithmetic::TEMPLATES,
            Self::MultiStep => &multi_step::TEMPLATES,
            Self::Logic => &logic::TEMPLATES,
            Self::Units => &units::TEMPLATES,
            Self::Facts | Self::FactsChoice | Self::Mixed => &[],
        }
    }

    /// The items of a seed: generated banks have up to `VARIANTS` of each template, written ones all that were written, in an
    /// order that the seed decides. Every template comes once before any comes twice.
    pub fn items(self, seed: u64) -> Vec<Item> {
        match self {
            Self::Facts => shuffled(facts::items(), seed),
            Self::FactsChoice => shuffled(facts::choices(seed), seed),
            Self::Mixed => {
                let parts = [Self::Arithmetic, Self::Facts, Self::Logic, Self::MultiStep, Self::Units];
                let mut parts: Vec<_> = parts.iter().map(|bank| bank.items(seed).into_iter()).collect();
                let mut mixed = Vec::new();
                loop {
                    let round: Vec<Item> = parts.iter_mut().filter_map(Iterator::next).collect();
                    if round.is_empty() {
                        return mixed;
                    }
                    mixed.extend(round);
                }
            }
            generated => {
                // Templates with few numbers to draw come to the same question twice: it is asked once.
                let mut seen = BTreeSet::new();
                let round = |variant| {
                    let of_templates = generated.templates().iter().map(|t| t.item(seed, variant)).collect();
                    shuffled(of_templates, seed ^ variant)
                };
                (0..VARIANTS).flat_map(round).filter(|item| seen.insert(item.question.clone())).collect()
            }
        }
    }

    /// Number of kinds of question: templates and written items.
    pub fn kinds(self) -> usize {
        let of = |bank: Self| bank.kinds();
        match self {
            Self::Facts | Self::FactsChoice => facts::items().len(),
            Self::Mixed => {
                [Self::Arithmetic, Self::Facts, Self::Logic, Self::MultiStep, Self::Units].map(of).iter().sum()
            }
            generated => generated.templates().len(),
        }
    }
}

/// Items made of each template.
const VARIANTS: u64 = 40;

fn shuffled(mut items: Vec<Item>, seed: u64) -> Vec<Item> {
    let named = Canonical::new("ergon.scramble.bank_order.1").u64(seed).finish();
    draw::shuffle(&mut ChaCha8Rng::from_seed(named.0), &mut items);
    items
}

/// Where an item stands in a seed's order of a file: by its own id alone, so that adding items moves no others.
pub(super) fn place(seed: u64, id: &str) -> Digest {
    Canonical::new("ergon.scramble.file_order.1").u64(seed).str(id).finish()
}
