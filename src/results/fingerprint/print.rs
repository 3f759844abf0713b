//! The print of a sequence: a digest after each of its parts, so that two sequences can be
//! told to be the same up to somewhere.

use std::ops::Range;

/// Marks that are kept of a sequence at most.
const MARKS_MOST: usize = 32;

/// Digests of a sequence up to and with each of its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Print {
    running: Vec<u64>,
}

/// What is kept of a print: its last digest, and some bits of each `step`-th one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    count: usize,
    digest: u64,
    step: usize,
    marks: Vec<u16>,
}

/// How a sequence differs from one that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// From one of these parts on.
    From(Range<usize>),
    /// One goes on where the other has ended: so many parts were kept, and there are now so many,
    /// alike as far as marks tell.
    Length { kept: usize, now: usize },
}

/// One step of a digest. For a given word it leads from different digests to different ones, so
/// that what has once differed never looks the same again, unless words make up for it by chance.
pub fn absorb(digest: u64, word: u64) -> u64 {
    let mixed = (digest ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The digest of something that is told as text.
pub fn of_text(text: &str) -> u64 {
    text.bytes().fold(text.len() as u64, |digest, byte| absorb(digest, u64::from(byte)))
}

impl Print {
    /// Of parts that are some words each.
    pub fn of<Part: IntoIterator<Item = u64>>(parts: impl IntoIterator<Item = Part>) -> Print {
        let mut digest = 0;
        let running = parts.into_iter().map(|part| {
            // Where a part begins is told too, so that no word can change sides unseen.
            digest = part.into_iter().fold(absorb(digest, 1), absorb);
            digest
        });
        Print { running: running.collect() }
    }

    /// With as few marks as a line has room for.
    pub fn kept(&self) -> Kept {
        self.kept_each(self.running.len().div_ceil(MARKS_MOST).max(1))
    }

    /// With a mark at each part, so that a difference is told exactly.
    pub fn kept_whole(&self) -> Kept {
        self.kept_each(1)
    }

    fn kept_each(&self, step: usize) -> Kept {
        let ends = self.running.chunks_exact(step).map(|chunk| chunk[step - 1]);
        let digest = self.running.last().copied().unwrap_or(0);
        Kept { count: self.running.len(), digest, step, marks: ends.map(mark).collect() }
    }

    pub fn difference(&self, kept: &Kept) -> Option<Difference> {
        let now = self.running.len();
        let digest = self.running.last().copied().unwrap_or(0);
        if (now, digest) == (kept.count, kept.digest) {
            return None;
        }
        let ends = self.running.iter().skip(kept.step - 1).step_by(kept.step);
        let alike = ends.zip(&kept.marks).take_while(|&(&now, &kept)| mark(now) == kept).count();
        let begin = alike * kept.step;
        let shorter = now.min(kept.count);
        if now != kept.count && begin + kept.step > shorter {
            // All marks are alike; what is behind the last is known if it was all that was kept.
            let end = kept.count.checked_sub(1).and_then(|last| self.running.get(last));
            if end.is_none_or(|&end| end == kept.digest) {
                return Some(Difference::Length { kept: kept.count, now });
            }
        }
        Some(Difference::From(begin..(begin + kept.step).min(shorter)))
    }
}

fn mark(digest: u64) -> u16 {
    (digest >> 48) as u16
}

impl Kept {
    /// As one line of a file, in which `Kept::read` finds it again.
    pub fn written(&self) -> String {
        let marks: Vec<String> = self.marks.iter().map(|mark| format!("{mark:04x}")).collect();
        format!("{} {:016x} {} {}", self.count, self.digest, self.step, marks.join("."))
    }

    pub fn read(line: &str) -> Option<Kept> {
        let mut words = line.split(' ');
        let count = words.next()?.parse().ok()?;
        let digest = u64::from_str_radix(words.next()?, 16).ok()?;
        let step = words.next()?.parse().ok().filter(|&step| step > 0)?;
        let marks = words.next()?.split('.').filter(|mark| !mark.is_empty());
        let marks = marks.map(|mark| u16::from_str_radix(mark, 16)).collect::<Result<_, _>>().ok()?;
        Some(Kept { count, digest, step, marks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(words: impl IntoIterator<Item = u64>) -> Print {
        Print::of(words.into_iter().map(|word| [word]))
    }

    #[test]
    fn the_first_part_that_differs_is_told_as_closely_as_marks_allow() {
        for count in [1, 2, 31, 32, 33, 100, 1_000] {
            let before = print(0..count);
            let (few, all) = (before.kept(), before.kept_whole());
            assert_eq!(Kept::read(&few.written()).as_ref(), Some(&few));
            assert_eq!((before.difference(&few), before.difference(&all)), (None, None));
            for changed in [0, count / 3, count - 1] {
                let after = print((0..count).map(|word| if word == changed { 7_777 } else { word }));
                let place = changed as usize;
                assert_eq!(after.difference(&all), Some(Difference::From(place..place + 1)));
                let Some(Difference::From(parts)) = after.difference(&few) else { panic!("a part differs") };
                assert!(parts.contains(&place) && parts.len() <= count.div_ceil(32) as usize, "{parts:?}");
            }
        }
    }

    #[test]
    fn a_sequence_that_goes_on_is_not_one_that_differs() {
        let (short, long) = (print(0..100), print(0..130));
        let told = |kept, now| Some(Difference::Length { kept, now });
        assert_eq!(short.difference(&long.kept_whole()), told(130, 100));
        assert_eq!(long.difference(&short.kept_whole()), told(100, 130));
        assert_eq!(long.difference(&short.kept()), told(100, 130));
        assert_eq!(long.difference(&print([]).kept()), told(0, 130));
        assert_eq!(short.difference(&long.kept()), told(130, 100));
        // Here a part before the end differs too.
        let other = print((0..130).map(|word| word.max(1)));
        assert_eq!(other.difference(&short.kept()), Some(Difference::From(0..4)));
        let other = print((0..130).map(|word| if word == 99 { 7 } else { word }));
        assert_eq!(other.difference(&short.kept()), Some(Difference::From(96..100)));
    }

    #[test]
    fn words_do_not_change_sides_unseen() {
        let one = Print::of([vec![1, 2], vec![3]]);
        let other = Print::of([vec![1], vec![2, 3]]);
        assert_eq!(one.difference(&other.kept_whole()), Some(Difference::From(0..1)));
    }
}
