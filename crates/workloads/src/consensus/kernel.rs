//! Virtual time and the one event queue of a simulation.
//!
//! Belongs here: ordering events, counting them, stopping. Does not belong here: what an event means.
//!
//! Events are totally ordered by (time, order of scheduling), so a run is a pure function of its
//! inputs. Far events lie in a timing wheel of 8 levels × 256 slots, one level per byte of the 64-bit
//! time (Varghese & Lauck, "Hashed and hierarchical timing wheels", SOSP 1987, with the level chosen
//! by the highest differing byte as in a radix heap: Ahuja et al., JACM 37(2), 1990). Slots keep the
//! order of scheduling, so they need no sequence numbers. The slot that is due next is moved down a
//! level while it is crowded and otherwise served from a small binary heap.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

const LEVELS: usize = 8;
const SLOTS: usize = 256;
/// A slot with at most this many events goes to the heap at once.
const CROWDED: usize = 96;
/// Events between two calls of the checkpoint.
const CHECKPOINT_EVERY: u64 = 4_096;

/// Why a simulation stopped early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// The event limit was reached.
    #[error(
        "the simulation processed its limit of {limit} events at {at_s} simulated seconds without ending; \
         raise event_limit, or look for a condition that can never settle"
    )]
    EventLimit {
        /// Events allowed.
        limit: u64,
        /// Simulated time reached, whole seconds.
        at_s: u64,
    },
    /// The checkpoint answered that the run is to stop.
    #[error("the simulation was cancelled")]
    Cancelled,
}

struct Near<E> {
    time_ns: u64,
    order: u64,
    event: E,
}

impl<E> PartialEq for Near<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl<E> Eq for Near<E> {}
impl<E> PartialOrd for Near<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<E> Ord for Near<E> {
    /// Reversed: the standard heap gives the greatest, we want the earliest.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        (other.time_ns, other.order).cmp(&(self.time_ns, self.order))
    }
}

/// Pending events, earliest first, equal times in the order they were scheduled.
pub struct EventQueue<E> {
    now_ns: u64,
    /// Events up to this time are in `near`, all later ones in the wheel.
    horizon_ns: u64,
    near: BinaryHeap<Near<E>>,
    order: u64,
    wheel: Vec<Vec<(u64, E)>>,
    occupied: [[u64; SLOTS / 64]; LEVELS],
    pending: usize,
}

impl<E: Copy> Default for EventQueue<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Copy> EventQueue<E> {
    /// An empty queue at time 0.
    pub fn new() -> Self {
        Self {
            now_ns: 0,
            horizon_ns: 0,
            near: BinaryHeap::new(),
            order: 0,
            wheel: (0..LEVELS * SLOTS).map(|_| Vec::new()).collect(),
            occupied: [[0; SLOTS / 64]; LEVELS],
            pending: 0,
        }
    }

    /// Time of the last event taken out, nanoseconds.
    pub fn now_ns(&self) -> u64 {
        self.now_ns
    }

    /// Number of events scheduled and not yet taken out.
    pub fn pending(&self) -> usize {
        self.pending
    }

    /// Schedules an event. A time in the past becomes now.
    #[inline]
    pub fn schedule(&mut self, time_ns: u64, event: E) {
        self.pending += 1;
        if time_ns <= self.horizon_ns {
            self.put_near(time_ns.max(self.now_ns), event);
        } else {
            self.put_far(time_ns, event);
        }
    }

    /// Takes out the next event and moves the clock to its time.
    #[inline]
    pub fn pop(&mut self) -> Option<(u64, E)> {
        if self.near.is_empty() {
            self.refill();
        }
        let next = self.near.pop()?;
        self.pending -= 1;
        self.now_ns = next.time_ns;
        Some((next.time_ns, next.event))
    }

    #[inline]
    fn put_near(&mut self, time_ns: u64, event: E) {
        self.near.push(Near { time_ns, order: self.order, event });
        self.order += 1;
    }

    #[inline]
    fn put_far(&mut self, time_ns: u64, event: E) {
        let differing = time_ns ^ self.horizon_ns;
        // The highest differing byte; equal times belong to the lowest level.
        let level = (63 - (differing | 1).leading_zeros()) as usize / 8;
        let slot = (time_ns >> (8 * level)) as usize & (SLOTS - 1);
        self.occupied[level][slot / 64] |= 1 << (slot % 64);
        self.wheel[level * SLOTS + slot].push((time_ns, event));
    }

    /// The earliest slot in use: all events of a lower level come before all of a higher one.
    fn first_slot(&self) -> Option<(usize, usize)> {
        self.occupied.iter().enumerate().find_map(|(level, words)| {
            let word = words.iter().position(|&w| w != 0)?;
            Some((level, word * 64 + words[word].trailing_zeros() as usize))
        })
    }

    /// Moves the earliest slot to the heap, by way of lower levels while it is crowded.
    fn refill(&mut self) {
        while let Some((level, slot)) = self.first_slot() {
            self.occupied[level][slot / 64] &= !(1 << (slot % 64));
            let index = level * SLOTS + slot;
            let mut events = std::mem::take(&mut self.wheel[index]);
            let width = 1_u64 << (8 * level);
            // Bytes above this level are those of the horizon, this level's is the slot's.
            let above = if level + 1 < LEVELS { !0_u64 << (8 * (level + 1)) } else { 0 };
            let begin_ns = (self.horizon_ns & above) | (slot as u64 * width);
            let serve = level == 0 || events.len() <= CROWDED;
            if serve {
                self.horizon_ns = begin_ns + (width - 1);
                for &(time_ns, event) in &events {
                    self.put_near(time_ns, event);
                }
            } else {
                self.horizon_ns = begin_ns;
                for &(time_ns, event) in &events {
                    self.put_far(time_ns, event);
                }
            }
            events.clear();
            self.wheel[index] = events;
            if serve {
                return;
            }
        }
    }
}

/// Counts events against a limit and asks now and then whether to go on.
pub struct Pace<'a> {
    processed: u64,
    limit: u64,
    checkpoint: &'a mut (dyn FnMut() -> bool + Send),
}

impl<'a> Pace<'a> {
    /// `checkpoint` is called every few thousand events; `false` stops the simulation.
    pub fn new(limit: u64, checkpoint: &'a mut (dyn FnMut() -> bool + Send)) -> Self {
        Self { processed: 0, limit, checkpoint }
    }

    /// Events counted so far.
    pub fn processed(&self) -> u64 {
        self.processed
    }

    /// Counts one event that is about to be processed.
    #[inline]
    pub fn count(&mut self, now_ns: u64) -> Result<(), Stopped> {
        if self.processed >= self.limit {
            return Err(Stopped::EventLimit { limit: self.limit, at_s: now_ns / 1_000_000_000 });
        }
        self.processed += 1;
        if self.processed.is_multiple_of(CHECKPOINT_EVERY) && !(self.checkpoint)() {
            return Err(Stopped::Cancelled);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw;
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    /// A plain heap by (time, order) must agree with the queue on any mixture of delays.
    fn agrees_with_a_plain_heap(seed: u64, delay: impl Fn(&mut ChaCha8Rng) -> u64, fan_out: u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut queue = EventQueue::new();
        let mut plain: BinaryHeap<Near<u32>> = BinaryHeap::new();
        let mut order = 0;
        let mut add = |queue: &mut EventQueue<u32>, plain: &mut BinaryHeap<Near<u32>>, time_ns: u64| {
            queue.schedule(time_ns, order as u32);
            plain.push(Near { time_ns, order, event: order as u32 });
            order += 1;
        };
        for _ in 0..300 {
            let at = delay(&mut rng);
            add(&mut queue, &mut plain, at);
        }
        for _ in 0..20_000 {
            let expected = plain.pop().map(|near| (near.time_ns, near.event));
            assert_eq!(queue.pop(), expected);
            let Some((now_ns, _)) = expected else { break };
            if plain.len() < 5_000 {
                for _ in 0..draw::below(&mut rng, fan_out + 1) {
                    let at = now_ns.saturating_add(delay(&mut rng));
                    add(&mut queue, &mut plain, at);
                }
            }
            assert_eq!(queue.pending(), plain.len());
        }
    }

    #[test]
    fn events_come_by_time_and_equal_times_in_the_order_of_scheduling() {
        for seed in 0..4 {
            agrees_with_a_plain_heap(seed, |r| draw::below(r, 4), 4);
            agrees_with_a_plain_heap(seed, |r| draw::below(r, 100_000), 4);
            agrees_with_a_plain_heap(seed, |r| draw::below(r, 1 << 40), 3);
            agrees_with_a_plain_heap(seed, |r| 1 << draw::below(r, 62), 2);
            agrees_with_a_plain_heap(seed, |_| 250_000_000, 3);
            agrees_with_a_plain_heap(seed, |r| draw::below(r, 2) * 3_600_000_000_000 + draw::below(r, 9), 3);
        }
    }

    #[test]
    fn the_end_of_time_can_be_scheduled() {
        let mut queue = EventQueue::new();
        queue.schedule(u64::MAX, 1);
        queue.schedule(5, 0);
        assert_eq!(queue.pop(), Some((5, 0)));
        assert_eq!(queue.pop(), Some((u64::MAX, 1)));
        queue.schedule(7, 2);
        assert_eq!(queue.pop(), Some((u64::MAX, 2)), "the past is now");
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn the_limit_and_the_checkpoint_stop_a_run() {
        let mut go_on = || true;
        let mut pace = Pace::new(2, &mut go_on);
        assert!(pace.count(0).is_ok() && pace.count(0).is_ok());
        assert_eq!(pace.count(3_000_000_000), Err(Stopped::EventLimit { limit: 2, at_s: 3 }));
        let mut calls = 0;
        let mut twice = || {
            calls += 1;
            calls < 2
        };
        let mut pace = Pace::new(u64::MAX, &mut twice);
        let stopped = (0..).find_map(|_| pace.count(0).err());
        assert_eq!(stopped, Some(Stopped::Cancelled));
        assert_eq!(pace.processed(), 2 * CHECKPOINT_EVERY);
    }
}
