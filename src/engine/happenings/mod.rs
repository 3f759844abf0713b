//! What happens to the site, and to requests under way, when something goes wrong, is mended or is
//! changed on purpose, and what that means for the time that passes. It takes several rooms, and of
//! each only what that offers.

mod breakdowns;
mod changes;
mod components;
mod conditions;
mod crash;
mod maintenance;
mod memory;
mod quiet;
mod residents;
mod restarting;
mod standby;
mod standstill;
mod striking;

use super::World;
