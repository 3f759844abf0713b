//! `change_record` in a timeline: a name leads elsewhere from then on, as soon as what
//! clients and resolvers remember of it has run out.

use super::model::{NodeId, RecordChange};
use super::timeline::Known;
use crate::kernel::time::Time;
use crate::nodes::NodeKind;
use crate::nodes::dns::{Dns, PointsTo, parse_record};
use crate::nodes::fields::Fields;
use crate::nodes::setting::{Setting, Takes};

pub const VERB: &str = "change_record";

pub const SETTINGS: &[Setting] = &[Setting::required(
    VERB,
    Takes::Form("a record such as `foobar.com A 9.9.9.9 60s`"),
    "what takes the place of the records of the same name",
)];

/// The change and what it is called; `None` if what is wrong has been told.
pub fn read(fields: &mut Fields, at: Time, known: Known) -> Option<(String, RecordChange)> {
    let record = fields.parse(VERB, parse_record)?;
    let has_it = |dns: &Dns| dns.records.iter().any(|other| other.name == record.name);
    let mut resolvers = known.directory.nodes.iter().enumerate();
    let resolver = resolvers.find(|(_, node)| matches!(&node.kind, NodeKind::Dns(dns) if has_it(dns)));
    let Some((resolver, _)) = resolver else {
        let message = format!("no resolver has a record of `{}`", record.name);
        let hint = "name a record that there is";
        fields.context.problems.error_with_hint(fields.place(VERB), message, hint);
        return None;
    };
    let PointsTo::Address(address) = &record.points_to else {
        let message = "only addresses change while a run lasts";
        fields.context.problems.error_with_hint(fields.place(VERB), message, "write an A record");
        return None;
    };
    let belongs = known.directory.nodes.iter().any(
        |node| matches!(&node.kind, NodeKind::Server(server) if server.address.as_ref() == Some(address)),
    );
    if !belongs {
        let message = format!("{address} belongs to no server");
        let hint = format!("give a server `address: {address}`");
        fields.context.problems.error_with_hint(fields.place(VERB), message, hint);
        return None;
    }
    let name = format!("{} leads to {address}", record.name);
    Some((name, RecordChange { at, resolver: NodeId(resolver as u32), record }))
}
