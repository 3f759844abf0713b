pub mod kernel;
pub mod parts;
