//! Which values of several axes are looked at together: all of them, or a Latin hypercube, in
//! which each axis is divided into as many parts as there are points, and each part has one.

use super::axis::{Axis, VALUES_MOST, Value};
use crate::kernel::random::{StreamFamily, below, uniform};

/// One value for each axis.
pub type Point = Vec<Value>;

/// All combinations; the last axis moves fastest.
pub fn grid(axes: &[Axis]) -> Result<Vec<Point>, String> {
    let mut points: Vec<Point> = vec![Vec::new()];
    for axis in axes {
        let values = axis.listed().ok_or_else(|| {
            format!("`{}` has values without end; write a step, as in 50/s..500/s:50", axis.path)
        })?;
        if points.len() * values.len() > VALUES_MOST {
            return Err(format!(
                "these are more than {VALUES_MOST} points; take larger steps, or --latin 100"
            ));
        }
        let with = |point: &Point| {
            let point = point.clone();
            values.iter().map(move |value| point.iter().chain([value]).cloned().collect())
        };
        points = points.iter().flat_map(with).collect();
    }
    Ok(points)
}

/// So many points, spread evenly over each axis, that differ from seed to seed.
pub fn latin_hypercube(axes: &[Axis], number: u32, seed: u64) -> Vec<Point> {
    let columns: Vec<Vec<Value>> = axes.iter().map(|axis| latin_column(axis, number, seed)).collect();
    (0..number as usize).map(|place| columns.iter().map(|column| column[place].clone()).collect()).collect()
}

fn latin_column(axis: &Axis, number: u32, seed: u64) -> Vec<Value> {
    let mut chance = StreamFamily::new(seed, 0).stream(&axis.path, "latin hypercube");
    let mut parts: Vec<u32> = (0..number).collect();
    for place in (1..number).rev() {
        parts.swap(place as usize, below(&mut chance, place + 1) as usize);
    }
    let within = |part: u32| (f64::from(part) + uniform(&mut chance)) / f64::from(number);
    parts.into_iter().map(within).map(|share| axis.at(share)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(texts: &[&str]) -> Vec<Axis> {
        texts.iter().map(|text| Axis::parse(text).unwrap()).collect()
    }

    fn text(point: &Point) -> String {
        point.iter().map(|value| value.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_grid_has_all_combinations() {
        let points = grid(&axes(&["a=1,2", "b=x,y,z"])).unwrap();
        let all: Vec<String> = points.iter().map(text).collect();
        assert_eq!(all, ["1 x", "1 y", "1 z", "2 x", "2 y", "2 z"]);
        assert!(grid(&axes(&["a=1..1000", "b=1..1000"])).unwrap_err().contains("--latin"));
        assert!(grid(&axes(&["a=1/s..2/s"])).unwrap_err().contains("write a step"));
    }

    #[test]
    fn a_latin_hypercube_has_one_point_in_each_part_of_each_axis() {
        const POINTS: u32 = 40;
        let axes = axes(&["a=0.0s..10.5s", "b=1..40", "c=x,y"]);
        let points = latin_hypercube(&axes, POINTS, 7);
        let parts = |axis: usize, part: &dyn Fn(f64) -> f64| -> Vec<u32> {
            let mut parts: Vec<u32> =
                points.iter().map(|point| part(point[axis].number.unwrap()) as u32).collect();
            parts.sort_unstable();
            parts
        };
        let once: Vec<u32> = (0..POINTS).collect();
        assert_eq!(parts(0, &|seconds| seconds / 10.5 * f64::from(POINTS)), once);
        assert_eq!(parts(1, &|number| number - 1.0), once);
        assert_eq!(points.iter().filter(|point| point[2].text == "x").count(), 20);
        // The axes are shuffled apart from each other, and by the seed.
        assert!(
            points
                .iter()
                .any(|point| point[0].number.unwrap() / 10.5 * 40.0 - point[1].number.unwrap() > 5.0)
        );
        assert_eq!(latin_hypercube(&axes, POINTS, 7), points);
        assert_ne!(latin_hypercube(&axes, POINTS, 8), points);
    }
}
