//! How nodes and groups are told apart once names are resolved.

use serde::{Deserialize, Serialize};

/// An index into `Scenario::nodes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NodeId(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    Node(NodeId),
    /// An index into `Scenario::groups`.
    Group(u32),
}
