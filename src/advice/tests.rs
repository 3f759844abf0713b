//! Advice for whole scenarios.
