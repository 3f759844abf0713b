//! What happens to the site, and to requests under way, when something goes wrong, is mended or is
//! changed on purpose: it takes several rooms, and of each only what that offers.

mod breakdowns;
mod changes;
mod conditions;
mod crash;
mod maintenance;
mod memory;
mod residents;
mod restarting;
mod standby;
mod striking;

use super::World;
