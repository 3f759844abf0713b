//! What the picture of a topology says, and what its colours and lines mean.

use super::drawing::Label;
use super::frame::{MARGIN, Page, SMALL};
use super::topology::{FRAME, mark_failed};
use super::topology_boxes::{Full, Item, Member, Sketch, counted_kind, percent};
use super::topology_lines::draw_line;
use crate::diagnosis::FULL;
use crate::telling::figure::counted;
use crate::telling::words::and;
use crate::telling::words::span;
use std::collections::BTreeMap;

/// More than so many are told by their number.
const NAMED_MOST: usize = 8;

pub fn message(sketch: &Sketch) -> String {
    let mut text = single_points(sketch);
    let failed: Vec<&str> =
        members(sketch).filter(|member| member.failed).map(|member| member.name.as_str()).collect();
    match failed.as_slice() {
        [] => {}
        few if few.len() <= NAMED_MOST => text.push_str(&format!(" Failed in this run: {}.", few.join(", "))),
        many => text.push_str(&format!(" {} nodes failed in this run.", many.len())),
    }
    let mut full: Vec<String> = Vec::new();
    for one in fulls(sketch).filter(|one| one.fullest >= FULL) {
        let told = format!("{} ({})", one.resource, percent(one.fullest));
        // What lies between some may lie between others as well.
        if !full.contains(&told) {
            full.push(told);
        }
    }
    match full.as_slice() {
        [] => {}
        few if few.len() <= 6 => text.push_str(&format!(" Fullest: {}.", few.join(", "))),
        many => text.push_str(&format!(
            " At times {} things were in use by {} or more.",
            many.len(),
            percent(FULL)
        )),
    }
    if let Some(all) = sketch.folded_of {
        let shared = sketch.items.iter().filter(|item| item.members.len() > 1);
        let (boxes, nodes) = shared.fold((0, 0), |sum, item| (sum.0 + 1, sum.1 + item.members.len()));
        if boxes > 0 {
            text.push_str(&format!(
                " Of {all} nodes {nodes} share {} by layer, kind and zone, those first that have not failed, are \
                 not on the busiest way, have a second and are not the fullest.",
                if boxes == 1 { "a box".to_owned() } else { format!("{boxes} boxes") },
            ));
        }
    }
    if sketch.calls_left_out > 0 {
        let lines = counted(sketch.calls_left_out as u64, "line");
        text.push_str(&format!(" {lines} with little traffic {} not shown.", is(sketch.calls_left_out)));
    }
    text
}

fn is(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

fn single_points(sketch: &Sketch) -> String {
    let points = &sketch.single_points;
    let names = || points.iter().map(|point| point.name.as_str()).collect::<Vec<_>>().join(", ");
    match points.len() {
        0 => "There is no single point of failure.".to_owned(),
        1 => format!("One single point of failure: {}.", names()),
        few if few <= NAMED_MOST => format!("{few} single points of failure: {}.", names()),
        many => {
            let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
            points.iter().for_each(|point| *kinds.entry(&point.kind).or_default() += 1);
            let mut kinds: Vec<(&str, usize)> = kinds.into_iter().collect();
            kinds.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
            let told: Vec<String> = kinds.iter().map(|(kind, number)| counted_kind(*number, kind)).collect();
            format!("{many} single points of failure: {}.", and(&told))
        }
    }
}

fn members(sketch: &Sketch) -> impl Iterator<Item = &Member> {
    sketch.items.iter().flat_map(|item| &item.members).chain(&sketch.hosts)
}

fn fulls(sketch: &Sketch) -> impl Iterator<Item = &Full> {
    let of_members = members(sketch).filter_map(|member| member.full.as_ref());
    of_members.chain(sketch.calls.iter().filter_map(|call| call.full.as_ref()))
}

/// "in use in its fullest 5 s (and on average)"
fn key_to_shares(sketches: &[Sketch]) -> String {
    let lengths: Vec<f64> = sketches.iter().flat_map(fulls).map(|full| full.length_s).collect();
    match lengths.split_first() {
        Some((first, others)) if others.iter().all(|other| other == first) => {
            format!("in use in its fullest {} (and on average): 0 %", span(*first))
        }
        _ => "in use in its fullest stretch (and on average): 0 %".to_owned(),
    }
}

/// Only what is in the picture is explained.
pub fn key(page: &mut Page, sketches: &[Sketch]) {
    page.top += 12.0;
    let mut key = Key { page, x: MARGIN };
    let any = |is_so: &dyn Fn(&Sketch) -> bool| sketches.iter().any(is_so);
    let any_item = |is_so: &dyn Fn(&Item) -> bool| any(&|sketch| sketch.items.iter().any(is_so));
    if any(&|sketch| fulls(sketch).next().is_some()) {
        key.shares(&key_to_shares(sketches));
    }
    if any(&|sketch| !sketch.single_points.is_empty()) {
        key.sign("single point of failure", 20.0, |page, x, y| {
            let ink = page.palette.ink;
            page.drawing.outline(x, y - 7.0, 20.0, 13.0, ink, FRAME);
        });
    }
    if any(&|sketch| members(sketch).any(|member| member.failed)) {
        key.sign("failed in this run", 10.0, |page, x, y| {
            mark_failed(page, x + 5.0, y - 1.0);
        });
    }
    if any_item(&|item| item.members.len() == 1 && item.members[0].replicas > 1) {
        key.sign("several of it", 18.0, |page, x, y| {
            let axis = page.palette.axis;
            let ground = page.palette.background;
            page.drawing.outline(x + 4.0, y - 8.0, 14.0, 9.0, axis, 1.0);
            page.drawing.rectangle(x, y - 4.0, 14.0, 9.0, ground);
            page.drawing.outline(x, y - 4.0, 14.0, 9.0, axis, 1.0);
        });
    }
    if any_item(&|item| item.members.len() == 1 && item.members[0].standbys > 0) {
        key.sign("stands by", 18.0, |page, x, y| {
            let (axis, muted) = (page.palette.axis, page.palette.muted);
            for at in [4.0, 9.0, 14.0] {
                page.drawing.line(&[(x + at, y - 8.0), (x + at + 3.0, y - 8.0)], muted, 1.0);
            }
            page.drawing.line(&[(x + 17.5, y - 5.0), (x + 17.5, y - 2.0)], muted, 1.0);
            page.drawing.outline(x, y - 4.0, 14.0, 9.0, axis, 1.0);
        });
    }
    key.sign("calls per second", 36.0, |page, x, y| {
        for (number, width) in [1.0, 3.0, 6.0].into_iter().enumerate() {
            let from = x + 12.0 * number as f64;
            draw_line(page, &[(from, y), (from + 12.0, y)], width, None, false);
        }
    });
    if any(&|sketch| sketch.calls.iter().any(|call| call.is_busiest)) {
        key.sign("the busiest way", 36.0, |page, x, y| {
            draw_line(page, &[(x, y), (x + 36.0, y)], 4.0, None, true);
        });
    }
    if any(&|sketch| sketch.calls.iter().any(|call| call.full.is_some())) {
        key.sign("only so much goes through, or at once", 36.0, |page, x, y| {
            draw_line(page, &[(x, y), (x + 36.0, y)], 3.0, Some(0.6), false);
        });
    }
    page.top += 14.0;
}

struct Key<'p> {
    page: &'p mut Page,
    x: f64,
}

impl Key<'_> {
    fn word(&mut self, text: &str) {
        let label = Label::new(text, self.x, self.page.top, SMALL, self.page.palette.muted);
        self.x += label.width();
        self.page.drawing.label(label);
    }

    fn shares(&mut self, text: &str) {
        self.word(text);
        self.x += 6.0;
        for step in 0..=10 {
            let color = self.page.palette.fullness_of(f64::from(step) / 10.0);
            self.page.drawing.rectangle(self.x, self.page.top - 9.0, 12.0, 10.0, color);
            self.x += 12.0;
        }
        self.x += 6.0;
        self.word("100 %");
        self.x += 22.0;
    }

    /// A sign, given the left end and the middle of the letters, and what it means.
    fn sign(&mut self, text: &str, width: f64, draw: impl FnOnce(&mut Page, f64, f64)) {
        let label = Label::new(text, 0.0, 0.0, SMALL, self.page.palette.muted);
        if self.x + width + 6.0 + label.width() > self.page.width() - MARGIN && self.x > MARGIN {
            self.page.top += 18.0;
            self.x = MARGIN;
        }
        draw(self.page, self.x, self.page.top - 4.0);
        self.x += width + 6.0;
        self.word(text);
        self.x += 22.0;
    }
}
