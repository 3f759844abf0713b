use super::*;
use proptest::prelude::*;

fn hint_of<T: std::fmt::Debug>(result: Result<T, BadQuantity>) -> String {
    result.unwrap_err().hint
}

#[test]
fn durations_have_units() {
    for (text, seconds) in [
        ("250ms", 0.25),
        ("1h", 3600.0),
        ("20s", 20.0),
        ("1.5us", 1.5e-6),
        ("1.5µs", 1.5e-6),
        ("1.5μs", 1.5e-6),
        ("2m", 120.0),
        ("30d", 2_592_000.0),
        ("1w", 604_800.0),
        ("1h30m", 5400.0),
        (" 1h 30 min ", 5400.0),
        ("0", 0.0),
        ("0.0", 0.0),
        (".5s", 0.5),
        ("2e-3s", 0.002),
        ("1d12h", 129_600.0),
    ] {
        assert_eq!(parse_duration(text), Ok(seconds), "{text}");
    }
    assert_eq!(parse_time("250ms"), Ok(250_000_000));
}

#[test]
fn bad_durations_say_what_to_write() {
    assert_eq!(hint_of(parse_duration("250")), "write 250ms or 250s");
    assert_eq!(hint_of(parse_duration("5 MS")), "did you mean ms?");
    for text in [
        "", " ", "-5s", "NaN", "inf", "infs", "1e999s", "5parsecs", "1m1h", "1s1s", "1h30", "s", "5s!",
        "200y", "1..2s", "0x5s", "µ",
    ] {
        let BadQuantity { problem, hint } = parse_duration(text).unwrap_err();
        assert!(!problem.is_empty() && !hint.is_empty(), "{text}");
    }
}

#[test]
fn rates_say_per_what() {
    for (text, rate) in [
        ("60/s", 60.0),
        ("3/min", 0.05),
        ("2/m", 2.0 / 60.0),
        ("100/h", 100.0 / 3600.0),
        ("1.2k/s", 1200.0),
        ("2 M / s", 2e6),
        ("0", 0.0),
    ] {
        assert_eq!(parse_rate(text), Ok(rate), "{text}");
    }
    assert_eq!(hint_of(parse_rate("60")), "write 60/s or 60/min");
    for text in ["60/parsec", "/s", "-1/s", "1e308k/s", "60 rps", "", "1/"] {
        assert!(parse_rate(text).is_err(), "{text}");
    }
}

#[test]
fn sizes_and_bandwidths_tell_bits_from_bytes() {
    assert_eq!(parse_size("4GiB"), Ok(4 << 30));
    assert_eq!(parse_size("50kB"), Ok(50_000));
    assert_eq!(parse_size("512 B"), Ok(512));
    assert_eq!(parse_size("1.5MB"), Ok(1_500_000));
    assert_eq!(hint_of(parse_size("4G")), "write GiB for powers of 1024, or GB for powers of 1000");
    assert_eq!(hint_of(parse_size("4")), "write 4B, 4kB or 4MiB");
    assert!(parse_size("99999999TiB").is_err());
    for (text, bytes) in
        [("100Mbps", 12.5e6), ("1Gbit/s", 125e6), ("10MB/s", 10e6), ("1 MiB/s", 1_048_576.0), ("8bps", 1.0)]
    {
        assert_eq!(parse_bandwidth(text), Ok(bytes), "{text}");
    }
    for text in ["100", "100M", "100mbps", "-1Mbps", "ps", "/s", "1e308GB/s"] {
        assert!(parse_bandwidth(text).is_err(), "{text}");
    }
}

#[test]
fn shares_counts_and_numbers() {
    assert_eq!(parse_share("70%"), Ok(0.7));
    assert_eq!(parse_share("0.7"), Ok(0.7));
    assert_eq!(parse_share("70 / 121"), Ok(70.0 / 121.0));
    assert_eq!(hint_of(parse_share("70")), "write 70% if you mean a percentage");
    for text in ["101%", "1/0", "0/0", "-1%", "1/2/3", "70%%", "nan"] {
        assert!(parse_share(text).is_err(), "{text}");
    }
    assert_eq!(parse_count("512"), Ok(512));
    assert_eq!(parse_count("20k"), Ok(20_000));
    assert!(parse_count("1.5").is_err() && parse_count("-1").is_err() && parse_count("1e30").is_err());
    assert_eq!(parse_number("-3.5"), Ok(-3.5));
    assert!(parse_number("3ms").is_err() && parse_number("--3").is_err());
}

#[test]
fn people_read_three_digits() {
    for (seconds, text) in [
        (0.25, "250 ms"),
        (1.5, "1.5 s"),
        (120.0, "2 min"),
        (0.001, "1 ms"),
        (59.999, "1 min"),
        (0.0, "0 s"),
        (1.23456e-7, "123 ns"),
        (86_400.0 * 400.0, "400 d"),
        (-0.5, "-500 ms"),
        (f64::NAN, "undefined"),
        (f64::INFINITY, "infinite"),
    ] {
        assert_eq!(format_duration(seconds), text);
    }
    for (rate, text) in
        [(60.0, "60/s"), (1200.0, "1.2k/s"), (0.05, "3/min"), (0.0, "0/d"), (1.0 / 7200.0, "12/d")]
    {
        assert_eq!(format_rate(rate), text);
    }
    for (bytes, text) in
        [(4 << 30, "4 GiB"), (1_500_000, "1.5 MB"), (0, "0 B"), (512, "512 B"), (u64::MAX, "18.4 EB")]
    {
        assert_eq!(format_size(bytes), text);
    }
    for (share, text) in [
        (0.7, "70%"),
        (0.12345, "12.3%"),
        (0.99995, "99.995%"),
        (1.0, "100%"),
        (0.0, "0%"),
        (0.0012, "0.12%"),
    ] {
        assert_eq!(format_share(share), text);
    }
}

#[test]
fn long_garbage_is_refused_at_once() {
    let long = "9".repeat(1 << 20);
    assert!(parse_duration(&long).is_err() && parse_rate(&long).is_err() && parse_size(&long).is_err());
    assert!(parse_duration(&"1h".repeat(1 << 20)).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in "\\PC*") {
        let _ = parse_duration(&text).is_ok_and(|seconds| { assert!(seconds >= 0.0 && seconds.is_finite()); true });
        let _ = parse_rate(&text).is_ok_and(|rate| { assert!(rate >= 0.0 && rate.is_finite()); true });
        let _ = parse_size(&text);
        let _ = parse_bandwidth(&text).is_ok_and(|rate| { assert!(rate >= 0.0 && rate.is_finite()); true });
        let _ = parse_share(&text).is_ok_and(|share| { assert!((0.0..=1.0).contains(&share)); true });
        let _ = parse_count(&text);
        let _ = parse_number(&text);
    }

    #[test]
    fn near_quantities_do_not_panic_either(text in "[0-9.eE+-]{0,6}[ /%kMGiBbps µmhdw0-9]{0,8}") {
        let _ = (parse_duration(&text), parse_rate(&text), parse_size(&text), parse_bandwidth(&text), parse_share(&text));
    }

    #[test]
    fn spelled_durations_parse_back(seconds in prop_oneof![0.0..1e9f64, 0.0..1.0f64, 0.0..1e-6f64, 0.0..f64::MIN_POSITIVE]) {
        prop_assert_eq!(parse_duration(&spell_duration(seconds)), Ok(seconds));
    }

    #[test]
    fn spelled_shares_parse_back(share in 0.0..=1.0f64) {
        prop_assert_eq!(parse_share(&spell_share(share)), Ok(share));
    }

    #[test]
    fn formats_take_any_float(value in any::<f64>(), bytes in any::<u64>()) {
        let _ = (format_duration(value), format_rate(value), format_share(value), format_size(bytes));
    }
}

#[test]
fn spans_are_told_to_the_second() {
    for (seconds, text) in
        [(140.0, "2m20s"), (3600.0, "1h"), (97_200.0, "1d3h"), (59.0, "59 s"), (0.0, "0 s"), (60.4, "1m")]
    {
        assert_eq!(format_span(seconds), text);
    }
}
