pub mod document;
pub mod kernel;
pub mod nodes;
pub mod parts;
pub mod scenario;
