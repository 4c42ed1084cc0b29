//! Writing many items with few requests, although one bad item makes Halo reject everything sent with it.

use std::collections::VecDeque;

use super::requests::batch_size;

/// How many items are sent alone before a service that has accepted nothing so far is believed to accept nothing.
pub const PROBES: usize = 5;

/// The batches still to be sent, in order.
///
/// A rejected batch is halved until the bad items are alone: `b` bad ones among `n` take about `2 b log2(n / b)`
/// requests. If nothing has been accepted yet, a few items are sent alone first ([`PROBES`]); if none of them is
/// accepted, nothing more is sent.
pub struct Batches<T> {
    waiting: VecDeque<Batch<T>>,
    taken: usize,
    alone: usize,
}

/// The items of one request.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the batch comes from.
    pub part: Part,
}

/// Where a batch comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A batch as planned.
    Whole,
    /// Items that were rejected the last time.
    Apart,
    /// One of those items, alone.
    Again,
    /// A part of a rejected batch.
    Piece,
    /// An item alone, to see if anything is accepted.
    Probe,
    /// The batch that the probes before it were taken from, without them.
    Rest,
}

impl<T> Batches<T> {
    /// Sends `items` first, and `apart`, which were rejected the last time, at the end.
    pub fn new(items: Vec<T>, apart: Vec<T>) -> Self {
        let size = batch_size(items.len() + apart.len());
        let mut waiting = VecDeque::new();
        for (items, part) in [(items, Part::Whole), (apart, Part::Apart)] {
            let mut items = items.into_iter();
            loop {
                let items: Vec<T> = items.by_ref().take(size).collect();
                if items.is_empty() {
                    break;
                }
                waiting.push_back(Batch { items, part });
            }
        }
        Self {
            waiting,
            taken: 0,
            alone: 0,
        }
    }

    /// The next batch to send; none if everything has been sent, or if nothing is accepted.
    pub fn next_batch(&mut self) -> Option<Batch<T>> {
        if self.is_hopeless() {
            return None;
        }
        let mut batch = self.waiting.pop_front()?;
        if batch.part == Part::Probe && self.taken > 0 {
            // Another probe was accepted, so these need not be sent alone any more.
            while let Some(more) = self
                .waiting
                .pop_front_if(|next| matches!(next.part, Part::Probe | Part::Rest))
            {
                batch.items.extend(more.items);
            }
            self.halve(batch.items);
            batch = self.waiting.pop_front()?;
        }
        Some(batch)
    }

    /// True if a few items were sent alone and nothing was ever accepted.
    pub fn is_hopeless(&self) -> bool {
        self.taken == 0 && self.alone >= PROBES
    }

    /// Notes that this many items were accepted.
    pub fn taken(&mut self, count: usize) {
        self.taken += count;
    }

    /// Notes that these items of a batch were rejected. Returns the item that was sent alone: it is not sent again.
    pub fn not_taken(&mut self, part: Part, mut items: Vec<T>) -> Option<T> {
        if items.len() < 2 {
            // Items that were rejected the last time say nothing about the others.
            if !matches!(part, Part::Apart | Part::Again) {
                self.alone += items.len();
            }
            return items.pop();
        }
        if part == Part::Apart {
            // Most likely they are rejected this time too.
            for item in items.into_iter().rev() {
                self.push(vec![item], Part::Again);
            }
        } else if self.taken > 0 {
            self.halve(items);
        } else {
            let probes = PROBES.saturating_sub(self.alone).clamp(1, items.len());
            let last = items.len() - 1;
            // Spread over the batch: items that were created together can be bad together.
            let mut places: Vec<usize> = (0..probes)
                .map(|probe| probe * last / (probes - 1).max(1))
                .collect();
            places.dedup();
            let mut chosen: Vec<T> = places.iter().rev().map(|place| items.remove(*place)).collect();
            if !items.is_empty() {
                self.push(items, Part::Rest);
            }
            for item in chosen.drain(..) {
                self.push(vec![item], Part::Probe);
            }
        }
        None
    }

    /// The items that were neither sent alone nor accepted.
    pub fn into_rest(self) -> impl Iterator<Item = T> {
        self.waiting.into_iter().flat_map(|batch| batch.items)
    }

    fn halve(&mut self, mut items: Vec<T>) {
        let second = items.split_off(items.len() / 2);
        self.push(second, Part::Piece);
        if !items.is_empty() {
            self.push(items, Part::Piece);
        }
    }

    fn push(&mut self, items: Vec<T>, part: Part) {
        self.waiting.push_front(Batch { items, part });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    /// How it ends with a service that rejects every batch with a bad item in it.
    struct End {
        requests: usize,
        taken: HashSet<usize>,
        alone: HashSet<usize>,
        rest: usize,
    }

    fn write(items: usize, apart: &[usize], bad: &HashSet<usize>) -> End {
        let whole = (0..items).filter(|item| !apart.contains(item)).collect();
        let mut batches = Batches::new(whole, apart.to_vec());
        let mut end = End {
            requests: 0,
            taken: HashSet::new(),
            alone: HashSet::new(),
            rest: 0,
        };
        while let Some(batch) = batches.next_batch() {
            end.requests += 1;
            if batch.items.iter().any(|item| bad.contains(item)) {
                end.alone.extend(batches.not_taken(batch.part, batch.items));
            } else {
                batches.taken(batch.items.len());
                end.taken.extend(batch.items);
            }
        }
        end.rest = batches.into_rest().count();
        end
    }

    #[test]
    fn what_it_takes() {
        let one = |bad: usize| HashSet::from([bad]);
        for (items, apart, bad, requests) in [
            (62, vec![], HashSet::new(), 1),
            (62, vec![], one(40), 14),
            (250, vec![], one(17), 18),
            (1, vec![], one(0), 1),
            (2, vec![], one(1), 3),
            // The next time it is sent apart.
            (62, vec![40], one(40), 2),
            (62, vec![3, 40], one(40), 4),
            (7, (0..7).collect(), (0..6).collect(), 8),
            // Everything is bad.
            (3, vec![], (0..3).collect(), 4),
            (40, vec![], (0..40).collect(), 6),
            (2000, vec![], (0..2000).collect(), 6),
            (40, vec![0, 10, 20], (0..40).collect(), 6),
        ] {
            let end = write(items, &apart, &bad);
            assert_eq!(
                end.requests, requests,
                "{items} with {bad:?} bad, {apart:?} apart"
            );
            assert_eq!(
                end.taken.len() + end.alone.len() + end.rest,
                items,
                "none is lost"
            );
        }
    }

    #[test]
    fn where_some_were_taken_a_batch_that_is_not_is_halved_in_its_order() {
        let mut batches = Batches::new((0..500).collect(), Vec::new());
        let first = batches.next_batch().unwrap();
        batches.taken(first.items.len());
        let second = batches.next_batch().unwrap();
        assert_eq!(batches.not_taken(second.part, second.items), None);
        for items in [250..375, 375..500] {
            assert_eq!(
                batches.next_batch(),
                Some(Batch {
                    items: items.collect(),
                    part: Part::Piece
                })
            );
        }
    }

    #[test]
    fn where_nothing_was_taken_those_that_stand_alone_are_spread_over_the_batch() {
        let mut batches = Batches::new((0..41).collect(), Vec::new());
        let batch = batches.next_batch().unwrap();
        assert_eq!(batches.not_taken(batch.part, batch.items), None);
        for item in [0, 10, 20, 30, 40] {
            let probe = batches.next_batch().unwrap();
            assert_eq!((probe.part, &probe.items), (Part::Probe, &vec![item]));
            assert_eq!(batches.not_taken(probe.part, probe.items), Some(item));
        }
        assert!(batches.is_hopeless());
        assert_eq!(batches.next_batch(), None);
        assert_eq!(batches.into_rest().count(), 36);
    }

    proptest! {
        #[test]
        fn the_good_are_taken_and_the_bad_stand_alone(
            items in 1_usize..600,
            bad in proptest::collection::hash_set(0_usize..600, 0..12),
            apart in proptest::collection::hash_set(0_usize..600, 0..12),
        ) {
            let bad: HashSet<usize> = bad.into_iter().filter(|item| *item < items).collect();
            let apart: Vec<usize> = apart.into_iter().filter(|item| *item < items).collect();
            let end = write(items, &apart, &bad);
            prop_assert!(end.alone.is_subset(&bad) && end.taken.is_disjoint(&bad));
            prop_assert_eq!(end.taken.len() + end.alone.len() + end.rest, items);
            if !end.taken.is_empty() {
                prop_assert_eq!(end.rest, 0);
            } else if end.rest > 0 {
                prop_assert_eq!(end.alone.len(), PROBES);
            }
            let deep = (usize::BITS - items.leading_zeros()) as usize;
            let most = items.div_ceil(250) + 1 + PROBES + apart.len() + 2 * bad.len() * (deep + 1);
            prop_assert!(end.requests <= most, "{} of {most}", end.requests);
        }
    }
}
