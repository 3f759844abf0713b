//! Why a file cannot be read or written, in words for people.

use std::io;

/// What the system says, without the number by which it knows the error.
pub fn in_words(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_string(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_left_out() {
        let missing = std::fs::metadata("no such file anywhere").expect_err("it is not there");
        assert!(missing.to_string().contains("os error"));
        assert!(missing.to_string().starts_with(&in_words(&missing)));
        assert!(!in_words(&missing).contains("os error"));
        let ours = io::Error::other("it is odd (os of error)");
        assert_eq!(in_words(&ours), "it is odd (os of error)");
    }
}
