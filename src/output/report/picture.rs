//! Pictures within a page: light or dark as the page is, and as wide as there is room for.

use super::colours;
use crate::output::charts::{Look, Theme, WIDTH_LEAST, WIDTH_USUAL};

/// What draws the same picture in several looks.
pub type Draw<'a, Failure> = &'a dyn Fn(&Look) -> Result<String, Failure>;

/// A picture is there twice, for a screen and for a telephone or half a sheet of paper, unless that made
/// the page heavy. Where it is there once, a telephone moves it within its frame.
const BYTES_TWICE_MOST: usize = 180_000;

/// `id`: unlike those of other pictures in the page; `class`: what else there is to say of its frame.
pub fn figure<Failure>(id: &str, class: &str, draw: Draw<Failure>) -> Result<String, Failure> {
    let both = |width: u32| -> Result<String, Failure> {
        let look = |theme: Theme| Look::new(theme, f64::from(width));
        Ok(colours::in_both(&draw(&look(Theme::Light))?, &draw(&look(Theme::Dark))?))
    };
    let wide = both(WIDTH_USUAL)?;
    let narrow = if wide.len() <= BYTES_TWICE_MOST { Some(both(WIDTH_LEAST)?) } else { None };
    Ok(framed(id, class, &wide, narrow.as_deref()))
}

/// Two that stand side by side on paper, if both are drawn for half of it.
pub fn pair(figures: &[String; 2]) -> String {
    match figures.iter().all(|figure| figure.contains(TWICE)) {
        true => format!("<div class=\"pair\">\n{}</div>\n", figures.concat()),
        false => figures.concat(),
    }
}

/// The frame of a picture that is there twice.
const TWICE: &str = " twice\">";

/// With the picture as it is drawn for a screen, and perhaps for a telephone.
pub fn framed(id: &str, class: &str, wide: &str, narrow: Option<&str>) -> String {
    let end = if narrow.is_some() { TWICE } else { "\">" };
    let name = words_of(wide, "title");
    let mut text = format!("<figure id=\"{id}\" class=\"{class}{end}\n");
    for (width, picture) in [("screen", Some(wide)), ("telephone", narrow)] {
        let Some(picture) = picture else { continue };
        let picture = described(&named(picture, &format!("{id}-{width}")));
        // What is wider than its frame is moved by itself, also with the keyboard.
        text.push_str(&format!(
            "<div class=\"{width}\" tabindex=\"0\" role=\"region\" aria-label=\"Picture: {name}\">\n{picture}</div>\n"
        ));
    }
    text + "</figure>\n"
}

/// What stands in the first element of this name.
fn words_of<'p>(picture: &'p str, element: &str) -> &'p str {
    let behind = picture.split_once(&format!("<{element} ")).map_or("", |(_, behind)| behind);
    let inside = behind.split_once('>').map_or("", |(_, inside)| inside);
    inside.split_once("</").map_or("", |(inside, _)| inside)
}

/// A picture stands alone in its file, and beside others in a page: names within it become its own.
fn named(picture: &str, id: &str) -> String {
    const NAMED: &str = "aria-labelledby=\"";
    let Some((_, behind)) = picture.split_once(NAMED) else { return picture.to_owned() };
    let Some((names, _)) = behind.split_once('"') else { return picture.to_owned() };
    let mut text = picture.to_owned();
    for (name, what) in names.split_whitespace().zip(["title", "about"]) {
        text = text.replacen(&format!(" id=\"{name}\""), &format!(" id=\"{id}-{what}\""), 1);
    }
    text.replacen(&format!("{NAMED}{names}\""), &format!("{NAMED}{id}-title {id}-about\""), 1)
}

/// A picture of which nothing more is said than what stands in it says that to everybody.
fn described(picture: &str) -> String {
    const NOTHING: &str = "></desc>";
    if !picture.contains(NOTHING) {
        return picture.to_owned();
    }
    let texts = picture.split("<text ").skip(1);
    let texts = texts.filter_map(|text| Some(text.split_once('>')?.1.split_once("</text>")?.0.trim()));
    picture.replacen(NOTHING, &format!(">{}</desc>", texts.collect::<Vec<_>>().join(" ")), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: &str = "<svg aria-labelledby=\"title about\"><title id=\"title\">Two &lt; three</title>\
                           <desc id=\"about\">id=\"title\"</desc></svg>\n";

    #[test]
    fn two_of_a_kind_have_names_of_their_own_and_one_says_what_is_to_be_seen() {
        let figure = framed("latency", "still", PICTURE, Some(PICTURE));
        for name in ["latency-screen", "latency-telephone"] {
            assert!(figure.contains(&format!("aria-labelledby=\"{name}-title {name}-about\"")), "{figure}");
            assert!(figure.contains(&format!("<title id=\"{name}-title\">")), "{figure}");
            assert!(figure.contains(&format!("<desc id=\"{name}-about\">")), "{figure}");
        }
        assert!(figure.contains("<figure id=\"latency\" class=\"still twice\">"), "{figure}");
        assert_eq!(figure.matches("aria-label=\"Picture: Two &lt; three\"").count(), 2, "{figure}");
    }

    #[test]
    fn what_stands_in_a_picture_of_nothing_is_said_as_well() {
        let picture = "<svg><desc id=\"about\"></desc><text x=\"1\">\nLatencies\n</text>\n<text>no</text>\
                       <text x=\"2\">\nNobody came.\n</text></svg>";
        assert!(described(picture).contains("<desc id=\"about\">Latencies Nobody came.</desc>"));
        assert_eq!(described(PICTURE), PICTURE);
    }

    #[test]
    fn heavy_pictures_are_there_once() {
        let drawn = |bytes: usize| {
            let draw = move |_: &Look| {
                Ok::<_, ()>(PICTURE.replace("about\">id", &format!("about\">{}", "x".repeat(bytes))))
            };
            figure("one", "", &draw).unwrap().matches("<svg").count()
        };
        assert_eq!(drawn(100), 2);
        assert_eq!(drawn(BYTES_TWICE_MOST), 1);
    }
}
