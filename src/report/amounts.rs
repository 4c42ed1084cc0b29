//! Money and numbers as people read them.

use rust_decimal::Decimal;

use crate::text::Text;

/// What a missing value shows as.
pub const UNKNOWN: &str = "unknown";

/// Whole numbers in groups of three: `12,345`.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", groups(&digits))
}

/// Money without a currency, with two decimals or as many as it has: `1,234.50`.
pub fn money(amount: Decimal) -> String {
    let mut exact = amount.normalize().abs();
    if exact.scale() < 2 {
        exact.rescale(2);
    }
    let text = exact.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let sign = if amount.is_sign_negative() && !amount.is_zero() {
        "−"
    } else {
        ""
    };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", groups(whole))
}

fn groups(digits: &str) -> String {
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Money in a currency, where Halo names one: `1,234.50 EUR`.
pub fn in_currency(amount: Decimal, currency: Option<&str>) -> Text {
    match currency {
        Some(currency) => Text::from(format!("{} {currency}", money(amount))),
        None => Text::from(money(amount)),
    }
}

/// A billing cycle in Halo's words, as in "not billed, Monthly".
pub fn cycle(name: Option<&str>) -> Text {
    name.map(Text::from)
        .filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| Text::from("billing cycle unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_read_them() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (-12_345, "−12,345"),
            (1_234_567, "1,234,567"),
            (i64::MIN, "−9,223,372,036,854,775,808"),
        ] {
            assert_eq!(grouped(number), text);
        }
        for (amount, text) in [
            ("0", "0.00"),
            ("-0.00", "0.00"),
            ("2.5", "2.50"),
            ("1234.500", "1,234.50"),
            ("-1234567.125", "−1,234,567.125"),
            (
                "79228162514264337593543950335",
                "79,228,162,514,264,337,593,543,950,335",
            ),
        ] {
            assert_eq!(money(amount.parse().unwrap()), text);
        }
    }

    #[test]
    fn money_says_its_currency_and_its_cycle_if_they_are_known() {
        assert_eq!(in_currency(Decimal::ONE, Some("EUR")).as_str(), "1.00 EUR");
        assert_eq!(in_currency(Decimal::ONE, None).as_str(), "1.00");
        assert_eq!(cycle(Some("Monthly")).as_str(), "Monthly");
        for unknown in [None, Some(" "), Some("\u{202e}")] {
            assert_eq!(cycle(unknown).as_str(), "billing cycle unknown");
        }
    }
}
