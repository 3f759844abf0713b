//! Tables that are opened only by the numbers of their own kind.
//!
//! A scenario has nodes, replicas, calls, links and thirty more kinds of things, each of them named
//! by a number. [`Id`] is such a number that knows its kind, so that the number of a link opens no
//! table of replicas; and since it is never zero inside, `Option<Id<_>>` is as small as the number
//! alone, so that "none" needs no number of its own.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::{Index, IndexMut};

/// Which of all things of the kind `K`; the first is 0.
///
/// `K` is only a name: nothing of it is stored.
pub struct Id<K>(NonZeroU32, PhantomData<fn() -> K>);

impl<K> Id<K> {
    pub const FIRST: Id<K> = Id(NonZeroU32::MIN, PhantomData);

    /// The one with this number, counted from 0.
    ///
    /// There are never as many as numbers: whatever is counted has a limit far below, and a number
    /// beyond it names the last one, whose table says that it does not have it.
    #[inline(always)]
    pub fn numbered(number: u32) -> Id<K> {
        Id(NonZeroU32::MIN.saturating_add(number), PhantomData)
    }

    #[inline(always)]
    pub fn at(index: usize) -> Id<K> {
        Id::numbered(index as u32)
    }

    /// Counted from 0.
    #[inline(always)]
    pub fn number(self) -> u32 {
        self.0.get() - 1
    }

    #[inline(always)]
    pub fn index(self) -> usize {
        self.number() as usize
    }

    /// The one that stands so many places behind it.
    #[inline(always)]
    pub fn plus(self, places: u32) -> Id<K> {
        Id(self.0.saturating_add(places), PhantomData)
    }

    /// How many places it stands behind another, which must not stand behind it.
    #[inline(always)]
    pub fn places_behind(self, first: Id<K>) -> u32 {
        self.0.get() - first.0.get()
    }
}

impl<K> Clone for Id<K> {
    #[inline(always)]
    fn clone(&self) -> Id<K> {
        *self
    }
}

impl<K> Copy for Id<K> {}

impl<K> PartialEq for Id<K> {
    #[inline(always)]
    fn eq(&self, other: &Id<K>) -> bool {
        self.0 == other.0
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Id<K>) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Id<K>) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.number())
    }
}

/// Things of the kind `K` that stand in a row: of one node all replicas, say.
pub struct Row<K> {
    pub first: Id<K>,
    pub count: u32,
}

impl<K> Row<K> {
    pub fn new(first: Id<K>, count: u32) -> Row<K> {
        Row { first, count }
    }

    #[inline(always)]
    pub fn iter(self) -> impl ExactSizeIterator<Item = Id<K>> + DoubleEndedIterator + Clone {
        (0..self.count).map(move |place| self.first.plus(place))
    }

    /// Counted from 0; nothing for one that does not stand in the row.
    pub fn place_of(self, id: Id<K>) -> Option<u32> {
        let place = id.number().checked_sub(self.first.number())?;
        (place < self.count).then_some(place)
    }

    /// For slices of a table's values.
    pub fn range(self) -> std::ops::Range<usize> {
        self.first.index()..self.first.index() + self.count as usize
    }
}

impl<K> Clone for Row<K> {
    fn clone(&self) -> Row<K> {
        *self
    }
}

impl<K> Copy for Row<K> {}

impl<K> PartialEq for Row<K> {
    fn eq(&self, other: &Row<K>) -> bool {
        (self.first, self.count) == (other.first, other.count)
    }
}

impl<K> Eq for Row<K> {}

impl<K> fmt::Debug for Row<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}+{}", self.first, self.count)
    }
}

/// One value for each thing of the kind `K`.
pub struct Table<K, T> {
    values: Vec<T>,
    kind: PhantomData<fn() -> K>,
}

impl<K, T> Table<K, T> {
    pub const fn new() -> Table<K, T> {
        Table { values: Vec::new(), kind: PhantomData }
    }

    pub fn with_capacity(values: usize) -> Table<K, T> {
        Vec::with_capacity(values).into()
    }

    /// The same value for each of so many.
    pub fn filled(value: T, count: usize) -> Table<K, T>
    where
        T: Clone,
    {
        vec![value; count].into()
    }

    /// What it becomes is named by what is returned.
    pub fn push(&mut self, value: T) -> Id<K> {
        let id = self.next_id();
        self.values.push(value);
        id
    }

    /// The number that the next one will get.
    pub fn next_id(&self) -> Id<K> {
        Id::at(self.values.len())
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub fn get(&self, id: Id<K>) -> Option<&T> {
        self.values.get(id.index())
    }

    pub fn get_mut(&mut self, id: Id<K>) -> Option<&mut T> {
        self.values.get_mut(id.index())
    }

    pub fn ids(&self) -> impl ExactSizeIterator<Item = Id<K>> + DoubleEndedIterator + Clone + use<K, T> {
        (0..self.values.len()).map(Id::at)
    }

    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.values.iter()
    }

    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.values.iter_mut()
    }

    /// Each with its own number.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (Id<K>, &T)> + DoubleEndedIterator {
        self.values.iter().enumerate().map(|(index, value)| (Id::at(index), value))
    }

    pub fn entries_mut(&mut self) -> impl ExactSizeIterator<Item = (Id<K>, &mut T)> {
        self.values.iter_mut().enumerate().map(|(index, value)| (Id::at(index), value))
    }

    /// What is known of those that stand in a row.
    pub fn row(&self, row: Row<K>) -> &[T] {
        &self.values[row.range()]
    }

    pub fn as_slice(&self) -> &[T] {
        &self.values
    }

    pub fn into_values(self) -> Vec<T> {
        self.values
    }
}

impl<K, T> Index<Id<K>> for Table<K, T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, id: Id<K>) -> &T {
        &self.values[id.index()]
    }
}

impl<K, T> IndexMut<Id<K>> for Table<K, T> {
    #[inline(always)]
    fn index_mut(&mut self, id: Id<K>) -> &mut T {
        &mut self.values[id.index()]
    }
}

impl<K, T: Clone> Clone for Table<K, T> {
    fn clone(&self) -> Table<K, T> {
        self.values.clone().into()
    }

    /// A checkpoint that is taken again keeps the memory of the one before.
    fn clone_from(&mut self, other: &Table<K, T>) {
        self.values.clone_from(&other.values);
    }
}

impl<K, T: fmt::Debug> fmt::Debug for Table<K, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.values.fmt(formatter)
    }
}

impl<K, T> Default for Table<K, T> {
    fn default() -> Table<K, T> {
        Table::new()
    }
}

impl<K, T> From<Vec<T>> for Table<K, T> {
    fn from(values: Vec<T>) -> Table<K, T> {
        Table { values, kind: PhantomData }
    }
}

impl<K, T> FromIterator<T> for Table<K, T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Table<K, T> {
        Vec::from_iter(values).into()
    }
}

impl<K, T> Extend<T> for Table<K, T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        self.values.extend(values);
    }
}

impl<'a, K, T> IntoIterator for &'a Table<K, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.iter()
    }
}

impl<K, T> IntoIterator for Table<K, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Letter {}

    #[test]
    fn none_needs_no_room_and_numbers_count_from_zero() {
        assert_eq!(size_of::<Option<Id<Letter>>>(), size_of::<u32>());
        let mut letters: Table<Letter, char> = Table::new();
        let (a, b) = (letters.push('a'), letters.push('b'));
        assert_eq!((a.number(), b.number(), letters.next_id().number()), (0, 1, 2));
        assert_eq!((letters[a], letters[b], letters.get(b.plus(1))), ('a', 'b', None));
        assert_eq!(a.plus(1), b);
        assert_eq!(
            letters.entries().map(|(id, letter)| (id.number(), *letter)).collect::<Vec<_>>(),
            [(0, 'a'), (1, 'b')]
        );
    }

    #[test]
    fn a_row_knows_its_members_and_their_places() {
        let row: Row<Letter> = Row::new(Id::numbered(2), 3);
        assert_eq!(row.iter().map(Id::number).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(row.place_of(Id::numbered(4)), Some(2));
        assert_eq!((row.place_of(Id::numbered(5)), row.place_of(Id::numbered(1))), (None, None));
        let letters: Table<Letter, char> = ('a'..='f').collect();
        assert_eq!(letters.row(row), ['c', 'd', 'e']);
    }
}
