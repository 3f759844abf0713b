//! A heap in which every node has four children.

use super::agenda::Key;

const CHILDREN: usize = 4;

/// The least key is at the top.
#[derive(Clone, Debug, Default)]
pub struct QuadHeap {
    keys: Vec<Key>,
}

impl QuadHeap {
    pub fn with_capacity(capacity: usize) -> Self {
        QuadHeap { keys: Vec::with_capacity(capacity) }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub fn clear(&mut self) {
        self.keys.clear();
    }

    /// Takes everything out, in no order.
    pub fn drain(&mut self) -> std::vec::Drain<'_, Key> {
        self.keys.drain(..)
    }

    #[inline(always)]
    pub fn push(&mut self, key: Key) {
        let mut hole = self.keys.len();
        self.keys.push(key);
        let keys = &mut self.keys[..];
        while hole > 0 {
            let parent = (hole - 1) / CHILDREN;
            if keys[parent] <= key {
                break;
            }
            keys[hole] = keys[parent];
            hole = parent;
        }
        keys[hole] = key;
    }

    #[inline(always)]
    pub fn pop(&mut self) -> Option<Key> {
        let last = self.keys.pop()?;
        let Some(&top) = self.keys.first() else { return Some(last) };
        self.sift_down(last);
        Some(top)
    }

    #[inline(always)]
    fn sift_down(&mut self, key: Key) {
        let keys = &mut self.keys[..];
        let length = keys.len();
        let mut hole = 0;
        loop {
            let first = hole * CHILDREN + 1;
            if first >= length {
                break;
            }
            let mut least = first;
            let mut least_key = keys[first];
            for (child, &child_key) in
                keys.iter().enumerate().take((first + CHILDREN).min(length)).skip(first + 1)
            {
                if child_key < least_key {
                    least = child;
                    least_key = child_key;
                }
            }
            if least_key >= key {
                break;
            }
            keys[hole] = least_key;
            hole = least;
        }
        keys[hole] = key;
    }
}
