//! Where in a histogram there is anything at all.

use std::ops::Range;

/// The cells from the first that is not empty to the last; nothing if all are empty. Most of them
/// are, and are passed many at a time.
pub fn occupied<Count: Copy + Into<u64>>(cells: &[Count]) -> Range<usize> {
    const TOGETHER: usize = 32;
    let is_used = |cells: &[Count]| cells.iter().fold(0, |all, &count| all | count.into()) > 0;
    let (groups, rest) = cells.as_chunks::<TOGETHER>();
    let is_group_used = |group: &[Count; TOGETHER]| is_used(group);
    let from = groups.iter().position(is_group_used).unwrap_or(groups.len()) * TOGETHER;
    let to = match is_used(rest) {
        true => cells.len(),
        false => groups.iter().rposition(is_group_used).map_or(from, |group| (group + 1) * TOGETHER),
    };
    let is_one = |&count: &Count| count.into() > 0;
    let inside = &cells[from.min(to)..to];
    match (inside.iter().position(is_one), inside.iter().rposition(is_one)) {
        (Some(first), Some(last)) => from + first..from + last + 1,
        _ => 0..0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occupied_cells_are_found_wherever_they_are() {
        for length in [0, 1, 31, 32, 33, 1_376] {
            assert_eq!(occupied(&vec![0u32; length]), 0..0);
            for first in (0..length).step_by(7) {
                for last in (first..length).step_by(11) {
                    let mut cells = vec![0u32; length];
                    (cells[first], cells[last]) = (1, u32::MAX);
                    assert_eq!(occupied(&cells), first..last + 1);
                }
            }
        }
    }
}
