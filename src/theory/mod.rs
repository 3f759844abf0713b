//! What the textbooks say: answers in closed form, or by a recursion, for models that can be
//! solved. Nothing here has ever seen the simulator.

pub mod chain;
pub mod networks;
pub mod queues;

/// How near an answer of a test is to the printed one.
#[cfg(test)]
pub fn assert_near(found: f64, printed: f64, digits: i32) {
    let size = 10_f64.powi(libm::floor(libm::log10(printed.abs())) as i32 + 1 - digits);
    assert!((found - printed).abs() <= 0.51 * size, "{found} for {printed}");
}
