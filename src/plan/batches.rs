//! Writing many with few requests, although one bad one keeps back all that were sent with it.

use std::collections::VecDeque;

use super::requests::batch_size;

/// So many stand alone before a service that took nothing so far is believed to take nothing at all.
pub const PROBES: usize = 5;

/// What is still to be written, in the order in which it is sent.
///
/// A batch that is not taken is halved until what keeps it back stands alone: `b` bad ones among `n` take some
/// `2 b log2(n / b)` requests. Where nothing was taken yet a few stand alone first ([`PROBES`]): if none of
/// them is taken, nothing more is sent.
pub struct Batches<T> {
    waiting: VecDeque<Batch<T>>,
    taken: usize,
    alone: usize,
}

/// What is sent in one request.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch<T> {
    /// What is in it.
    pub items: Vec<T>,
    /// Which part it is of what is to be written.
    pub part: Part,
}

/// Which part a batch is of what is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it was planned.
    Whole,
    /// Those that were not taken the last time either.
    Apart,
    /// One of those, alone.
    Again,
    /// A part of one that was not taken.
    Piece,
    /// Alone, to see whether anything is taken.
    Probe,
    /// What the probes before it were taken out of.
    Rest,
}

impl<T> Batches<T> {
    /// Those of `items` first, and last those of `apart`, which were not taken the last time.
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

    /// What to send now; none when all is done, or when nothing is taken.
    pub fn next_batch(&mut self) -> Option<Batch<T>> {
        if self.is_hopeless() {
            return None;
        }
        let mut batch = self.waiting.pop_front()?;
        if batch.part == Part::Probe && self.taken > 0 {
            // Another probe was taken: these need not stand alone any more.
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

    /// Whether a few stood alone and nothing was ever taken.
    pub fn is_hopeless(&self) -> bool {
        self.taken == 0 && self.alone >= PROBES
    }

    /// So many were taken.
    pub fn taken(&mut self, count: usize) {
        self.taken += count;
    }

    /// These of a batch were not taken. Gives the one that stood alone: it is not sent again.
    pub fn not_taken(&mut self, part: Part, mut items: Vec<T>) -> Option<T> {
        if items.len() < 2 {
            // Those that were not taken the last time either tell nothing about the others.
            if !matches!(part, Part::Apart | Part::Again) {
                self.alone += items.len();
            }
            return items.pop();
        }
        if part == Part::Apart {
            // Most likely they are not taken this time either.
            for item in items.into_iter().rev() {
                self.push(vec![item], Part::Again);
            }
        } else if self.taken > 0 {
            self.halve(items);
        } else {
            let probes = PROBES.saturating_sub(self.alone).clamp(1, items.len());
            let last = items.len() - 1;
            // Spread over the batch: what was made together can be bad together.
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

    /// What was never sent alone, nor taken.
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

    /// How it ends with a service that takes no batch with a bad one in it.
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
            // The next time it stands apart.
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
