//! One quantity over time, drawn as SVG.
//!
//! The colors are stand-ins: the page's style sheet replaces them, so that one drawing serves light and dark. The only
//! texts are dates and numbers; names stand in the page around the drawing.

use jiff::{Span, civil::Date};
use plotters::{
    coord::combinators::BindKeyPoints,
    prelude::{AreaSeries, ChartBuilder, DrawingAreaErrorKind, IntoDrawingArea, RGBColor, SVGBackend},
    style::{Color, FontFamily, IntoFont},
};

use super::{Error, amounts::grouped};

/// `#000001` in the drawing.
const LINE: RGBColor = RGBColor(0, 0, 1);
/// `#000002` in the drawing.
const AREA: RGBColor = RGBColor(0, 0, 2);
/// `#000003` in the drawing.
const GRID: RGBColor = RGBColor(0, 0, 3);
/// `#000004` in the drawing.
const LABEL: RGBColor = RGBColor(0, 0, 4);

/// More seats than anyone has: a larger number is drawn as this one.
const MOST: i64 = 1_000_000_000_000;

/// How large a drawing is, in pixels, and how many labels fit on it.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    width: u32,
    height: u32,
    labels: usize,
}

impl Size {
    /// Across the page.
    pub const WIDE: Size = Size {
        width: 1120,
        height: 300,
        labels: 12,
    };
    /// On a telephone, or several beside each other.
    pub const SMALL: Size = Size {
        width: 330,
        height: 190,
        labels: 3,
    };
}

/// Draws a quantity that changes on these days, oldest first, and otherwise stays as it is. Nothing if it is only one day.
pub fn draw(points: &[(Date, i64)], size: Size) -> Result<String, Error> {
    let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else {
        return Ok(String::new());
    };
    if first == last {
        return Ok(String::new());
    }
    let days = |date: Date| (date - *first).get_days();
    let end = days(*last);
    let highest = points.iter().map(|(_, count)| drawn(*count)).max().unwrap_or(0);
    let step = round_step(highest, 4);
    let top = (highest / step + 1).saturating_mul(step);
    let label_width = u32::try_from(grouped(top).len()).unwrap_or(0) * 8 + 14;
    let steps = points.windows(2).flat_map(|pair| {
        let (from, to) = (pair[0], pair[1]);
        [(days(from.0), drawn(from.1)), (days(to.0), drawn(from.1))]
    });
    let steps: Vec<(i32, i64)> = steps
        .chain([(days(*last), drawn(points[points.len() - 1].1))])
        .collect();

    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (size.width, size.height)).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin_top(8)
            // Half of the last label.
            .margin_right(34)
            .x_label_area_size(28)
            .y_label_area_size(label_width)
            .build_cartesian_2d(
                (0..end).with_key_points(
                    date_labels(*first, *last, size.labels)
                        .into_iter()
                        .map(days)
                        .collect(),
                ),
                (0..top).with_key_points((0..).map(|n| n * step).take_while(|at| *at <= top).collect()),
            )
            .map_err(not_drawn)?;
        let labels = || (FontFamily::SansSerif, 15).into_font().color(&LABEL);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID)
            .light_line_style(GRID.mix(0.0))
            .axis_style(GRID)
            .x_label_style(labels())
            .y_label_style(labels())
            .x_label_formatter(&|day| label(*first, *day, end))
            .y_label_formatter(&|count| grouped(*count))
            .draw()
            .map_err(not_drawn)?;
        let area = AreaSeries::new(steps, 0, AREA).border_style(LINE.stroke_width(2));
        chart.draw_series(area).map_err(not_drawn)?;
        root.present().map_err(not_drawn)?;
    }
    Ok(svg)
}

fn not_drawn<E: std::error::Error + Send + Sync>(error: DrawingAreaErrorKind<E>) -> Error {
    Error::Chart(error.to_string())
}

fn drawn(count: i64) -> i64 {
    count.clamp(0, MOST)
}

/// The smallest round number (1, 2 or 5 and zeros) of which at most `most` fit below the highest.
fn round_step(highest: i64, most: i64) -> i64 {
    let mut power: i64 = 1;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if highest / step < most {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// The days that are labeled: the first of every so many months, or, of a short time, every so many days.
fn date_labels(first: Date, last: Date, most: usize) -> Vec<Date> {
    let days = (last - first).get_days();
    let most_days = i32::try_from(most).unwrap_or(i32::MAX);
    let of = |start: Date, span: Span| -> Vec<Date> {
        start
            .series(span)
            .skip_while(|day| *day < first)
            .take_while(|day| *day <= last)
            .collect()
    };
    if days < 62 {
        return of(first, Span::new().days(days / most_days + 1));
    }
    // Years, from January on, if months would be too many.
    [1, 2, 3, 6, 12, 24, 60, 120]
        .into_iter()
        .map(|months| {
            let january = Date::new(first.year(), 1, 1).unwrap_or(first);
            of(january, Span::new().months(months))
        })
        .find(|labels| labels.len() <= most)
        .unwrap_or_default()
}

fn label(first: Date, day: i32, days: i32) -> String {
    let format = if days < 62 { "%-d %b" } else { "%b %Y" };
    first
        .checked_add(Span::new().days(day))
        .map_or_else(|_| String::new(), |date| date.strftime(format).to_string())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn steps_are_round_and_few() {
        for (highest, step) in [
            (0, 1),
            (3, 1),
            (4, 2),
            (17, 5),
            (99, 50),
            (1234, 500),
            (MOST, 500_000_000_000),
        ] {
            assert_eq!(round_step(highest, 4), step, "{highest}");
        }
    }

    #[test]
    fn labels_are_first_days_of_months_and_fit() {
        let last = date(2026, 11, 25);
        for (first, most, labels) in [
            (date(2026, 9, 10), 3, vec![date(2026, 10, 1), date(2026, 11, 1)]),
            (date(2024, 11, 25), 3, vec![date(2025, 1, 1), date(2026, 1, 1)]),
            (date(2026, 11, 25), 3, vec![date(2026, 11, 25)]),
            (
                date(2026, 11, 23),
                3,
                vec![date(2026, 11, 23), date(2026, 11, 24), last],
            ),
        ] {
            assert_eq!(date_labels(first, last, most), labels, "{first}");
        }
        for days in 0..1500 {
            let first = last - Span::new().days(days);
            let labels = date_labels(first, last, 12);
            assert!((1..=12).contains(&labels.len()), "{days}: {labels:?}");
        }
    }

    #[test]
    fn any_numbers_and_days_are_drawn() {
        let day = date(2026, 11, 25);
        for points in [
            vec![(day, 0), (day + Span::new().days(1), 0)],
            vec![(day, i64::MAX), (day + Span::new().days(1), i64::MIN)],
            vec![(Date::MIN, 1), (Date::MAX, 2)],
        ] {
            let svg = draw(&points, Size::SMALL).unwrap();
            assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
            assert!(svg.contains("<polyline "), "{svg}");
        }
        for points in [&[][..], &[(day, 12)]] {
            assert_eq!(draw(points, Size::WIDE).unwrap(), "");
        }
    }
}
