//! The smallest settings that will do. Each candidate is the place of a value on each axis; places
//! that come first are cheaper.

/// What a search asks of a candidate. The error ends the search.
pub trait Oracle {
    type Stop;
    fn is_enough(&mut self, candidate: &[usize]) -> Result<bool, Self::Stop>;
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub answer: Option<Vec<usize>>,
    /// Whether more of something has always been at least as good, wherever that was looked at. If
    /// not, all candidates before the answer were tried.
    pub is_monotone: bool,
}

/// The first candidate that is enough, in the order of the first axis, then of the second, and so
/// on. If all that there is of everything is enough, each axis is halved again and again while those
/// behind it have all there is; that holds if more is never worse, for which the neighbours of the
/// answer are asked. If it does not, one candidate after the other is tried.
pub fn smallest<O: Oracle>(sizes: &[usize], oracle: &mut O) -> Result<Found, O::Stop> {
    let mut candidate: Vec<usize> = sizes.iter().map(|size| size - 1).collect();
    if oracle.is_enough(&candidate)? {
        for axis in 0..sizes.len() {
            let (mut too_little, mut enough) = (None, candidate[axis]);
            while too_little.map_or(0, |place| place + 1) < enough {
                let first = too_little.map_or(0, |place| place + 1);
                let middle = first + (enough - first) / 2;
                candidate[axis] = middle;
                if oracle.is_enough(&candidate)? { enough = middle } else { too_little = Some(middle) }
            }
            candidate[axis] = enough;
        }
        // Less of anything costs less.
        let cost = |candidate: &[usize]| candidate.iter().sum::<usize>() as f64;
        if neighbours_agree(sizes, &candidate, &cost, oracle)? {
            return Ok(Found { answer: Some(candidate), is_monotone: true });
        }
    }
    Ok(Found { answer: first_of(all(sizes), oracle)?, is_monotone: false })
}

/// The cheapest candidate that is enough, and of several that cost the same the first. For each choice
/// of all axes but the last, the last is halved as far as it is cheaper than what has been found, if
/// more of everything else was not too little already. As above, the neighbours are asked whether more
/// is never worse.
pub fn cheapest<O: Oracle>(
    sizes: &[usize],
    cost: &dyn Fn(&[usize]) -> f64,
    oracle: &mut O,
) -> Result<Found, O::Stop> {
    let mut best: Option<Vec<usize>> = None;
    let mut too_little: Vec<Vec<usize>> = Vec::new();
    let last = sizes.len() - 1;
    for prefix in all(&sizes[..last]) {
        let with = |place: usize| -> Vec<usize> { prefix.iter().copied().chain([place]).collect() };
        let limit = best.as_deref().map_or(f64::INFINITY, cost);
        let affordable = |place: &usize| cost(&with(*place)) < limit;
        let Some(most) = (0..sizes[last]).rev().find(affordable) else { continue };
        let at_most = |less: &[usize], more: &[usize]| less.iter().zip(more).all(|(less, more)| less <= more);
        if too_little.iter().any(|known| at_most(&with(most), known)) {
            continue;
        }
        if !oracle.is_enough(&with(most))? {
            too_little.push(with(most));
            continue;
        }
        let (mut first, mut enough) = (0, most);
        while first < enough {
            let middle = first + (enough - first) / 2;
            if oracle.is_enough(&with(middle))? { enough = middle } else { first = middle + 1 }
        }
        let cheaper = |a: &usize, b: &usize| cost(&with(*a)).total_cmp(&cost(&with(*b)));
        best = (enough..=most).min_by(cheaper).map(with);
    }
    if let Some(answer) = best
        && neighbours_agree(sizes, &answer, cost, oracle)?
    {
        return Ok(Found { answer: Some(answer), is_monotone: true });
    }
    let mut candidates: Vec<Vec<usize>> = all(sizes).collect();
    candidates.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    Ok(Found { answer: first_of(candidates, oracle)?, is_monotone: false })
}

/// Whether one step more of anything is enough as well, and one step less of anything that costs less
/// is not.
fn neighbours_agree<O: Oracle>(
    sizes: &[usize],
    answer: &[usize],
    cost: &dyn Fn(&[usize]) -> f64,
    oracle: &mut O,
) -> Result<bool, O::Stop> {
    for axis in 0..sizes.len() {
        let mut neighbour = answer.to_vec();
        if answer[axis] + 1 < sizes[axis] {
            neighbour[axis] = answer[axis] + 1;
            if !oracle.is_enough(&neighbour)? {
                return Ok(false);
            }
        }
        if answer[axis] > 0 {
            neighbour[axis] = answer[axis] - 1;
            if cost(&neighbour) < cost(answer) && oracle.is_enough(&neighbour)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn first_of<O: Oracle>(
    candidates: impl IntoIterator<Item = Vec<usize>>,
    oracle: &mut O,
) -> Result<Option<Vec<usize>>, O::Stop> {
    for candidate in candidates {
        if oracle.is_enough(&candidate)? {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// All candidates; the last axis moves fastest.
fn all(sizes: &[usize]) -> impl Iterator<Item = Vec<usize>> {
    let number: usize = sizes.iter().product();
    (0..number).map(move |number| {
        let mut left = number;
        let mut candidate: Vec<usize> = sizes
            .iter()
            .rev()
            .map(|size| {
                let place = left % size;
                left /= size;
                place
            })
            .collect();
        candidate.reverse();
        candidate
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    struct Known<F> {
        is_enough: F,
        asked: BTreeSet<Vec<usize>>,
    }

    impl<F: Fn(&[usize]) -> bool> Oracle for Known<F> {
        type Stop = ();
        fn is_enough(&mut self, candidate: &[usize]) -> Result<bool, ()> {
            self.asked.insert(candidate.to_vec());
            Ok((self.is_enough)(candidate))
        }
    }

    fn search(sizes: &[usize], is_enough: impl Fn(&[usize]) -> bool) -> (Found, usize) {
        let mut oracle = Known { is_enough, asked: BTreeSet::new() };
        let found = smallest(sizes, &mut oracle).unwrap();
        (found, oracle.asked.len())
    }

    #[test]
    fn one_axis_is_halved() {
        for least in 0..64 {
            let (found, asked) = search(&[64], |candidate| candidate[0] >= least);
            assert_eq!(found, Found { answer: Some(vec![least]), is_monotone: true });
            assert!(asked <= 9, "{least}: {asked}");
        }
    }

    #[test]
    fn of_several_axes_the_first_counts_most() {
        let enough = |candidate: &[usize]| (candidate[0] + 1) * (candidate[1] + 1) >= 40 && candidate[2] >= 3;
        let (found, asked) = search(&[16, 16, 16], enough);
        // 3 times 14, and 3 times 13 would be too little.
        assert_eq!(found.answer, Some(vec![2, 13, 3]));
        assert!(found.is_monotone && asked < 30, "{asked}");
    }

    #[test]
    fn the_cheapest_of_several_axes_is_found_without_trying_all() {
        // Ten of the first and one of the second cost the same.
        let cost = |candidate: &[usize]| candidate[0] as f64 + 10.0 * candidate[1] as f64;
        for needed in [1, 17, 40, 90, 200] {
            let enough = |candidate: &[usize]| (candidate[0] + 1) * (candidate[1] + 1) >= needed;
            let mut oracle = Known { is_enough: enough, asked: BTreeSet::new() };
            let found = cheapest(&[16, 16], &cost, &mut oracle).unwrap();
            let exact = all(&[16, 16]).filter(|candidate| enough(candidate));
            let exact = exact.min_by(|a, b| cost(a).total_cmp(&cost(b)).then(a.cmp(b))).unwrap();
            assert_eq!(cost(&found.answer.unwrap()), cost(&exact), "{needed}");
            assert!(found.is_monotone && oracle.asked.len() < 70, "{}", oracle.asked.len());
        }
        let mut odd = Known { is_enough: |candidate: &[usize]| candidate == [5, 5], asked: BTreeSet::new() };
        let found = cheapest(&[8, 8], &cost, &mut odd).unwrap();
        assert_eq!(found, Found { answer: Some(vec![5, 5]), is_monotone: false });
    }

    #[test]
    fn where_more_is_worse_all_are_tried_in_order() {
        let (found, _) = search(&[20], |candidate| (5..=9).contains(&candidate[0]));
        assert_eq!(found, Found { answer: Some(vec![5]), is_monotone: false });
        let (found, _) = search(&[20], |candidate| candidate[0] == 9 || candidate[0] >= 15);
        assert_eq!(found, Found { answer: Some(vec![9]), is_monotone: false }, "one more does not do");
        let (found, asked) = search(&[7, 3], |_| false);
        assert_eq!((found.answer, asked), (None, 21));
        assert_eq!(search(&[1], |_| true).0.answer, Some(vec![0]));
    }
}
