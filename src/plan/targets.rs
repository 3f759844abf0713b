//! What a change hits, in words: `app`, one replica `app/2`, a link `visitors -> server`;
//! several with `;` between.

use super::changes::ChangeTarget;
use super::compile::Compiler;
use std::fmt::Write;

/// Replicas of one node stand one after the other; where all of them are hit, the node is.
pub fn names(compiler: &Compiler, targets: &[ChangeTarget]) -> String {
    let scenario = compiler.scenario;
    let mut text = String::new();
    let mut place = 0;
    while let Some(target) = targets.get(place) {
        if place > 0 {
            text.push(';');
        }
        let written = match *target {
            ChangeTarget::Link(link) => {
                place += 1;
                let link = &scenario.links[link.index()];
                let name = |id: crate::scenario::model::NodeId| &scenario.nodes[id.0 as usize].name;
                write!(text, "{} -> {}", name(link.from), name(link.to))
            }
            ChangeTarget::Instance(instance) => {
                let instance = &compiler.instances[instance];
                let node = &compiler.nodes[instance.node];
                let all = node.instances().iter();
                let is_whole = targets.len() - place >= all.len()
                    && all
                        .clone()
                        .zip(&targets[place..])
                        .all(|(one, hit)| *hit == ChangeTarget::Instance(one));
                place += if is_whole { all.len() } else { 1 };
                match is_whole {
                    true => write!(text, "{}", node.name),
                    false => write!(text, "{}/{}", node.name, instance.replica),
                }
            }
        };
        written.expect("a text takes everything");
    }
    text
}
