//! Pieces of HTML. Whatever comes from a scenario goes through [`escaped`].

use std::fmt::Write;

/// Text that no browser takes for anything else.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(letter),
            letter if letter.is_control() => {}
            letter => safe.push(letter),
        }
    }
    safe
}

/// A sentence in which names stand in backquotes.
pub fn sentence(text: &str) -> String {
    marked(&marked(&escaped(text), "**", "strong"), "`", "code")
}

/// What stands between marks becomes an element; a mark without a second stays.
fn marked(text: &str, mark: &str, element: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(mark) {
        let Some((inside, behind)) = after.split_once(mark) else { break };
        write!(html, "{before}<{element}>{inside}</{element}>").expect("a text takes everything");
        rest = behind;
    }
    html.push_str(rest);
    html
}

pub fn list(items: &[String]) -> String {
    let items: String = items.iter().map(|item| format!("<li>{}</li>\n", sentence(item))).collect();
    format!("<ul>\n{items}</ul>\n")
}

/// A part of the page with a heading, to which the navigation can lead.
pub fn section(id: &str, heading: &str, body: &str) -> String {
    format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-heading\">\n<h2 id=\"{id}-heading\">{heading}</h2>\n{body}</section>\n"
    )
}

pub fn details(summary: &str, body: &str) -> String {
    format!("<details>\n<summary>{}</summary>\n{body}</details>\n", escaped(summary))
}

/// Longer tables are folded up.
const LINES_OPEN_MOST: usize = 30;

/// On paper, shorter ones stand side by side, where they are not cut in two.
const LINES_SHORT_MOST: usize = 12;

/// A table with a caption; the first column names what a line is about.
pub struct Table {
    caption: String,
    heads: Vec<Head>,
    lines: Vec<String>,
}

struct Head {
    text: String,
    about: String,
    is_number: bool,
}

impl Table {
    pub fn new(caption: impl Into<String>) -> Table {
        Table { caption: caption.into(), heads: Vec::new(), lines: Vec::new() }
    }

    /// A column of words.
    pub fn words(self, text: impl Into<String>, about: impl Into<String>) -> Table {
        self.column(text.into(), about.into(), false)
    }

    /// A column of figures.
    pub fn figures(self, text: impl Into<String>, about: impl Into<String>) -> Table {
        self.column(text.into(), about.into(), true)
    }

    fn column(mut self, text: String, about: String, is_number: bool) -> Table {
        self.heads.push(Head { text, about, is_number });
        self
    }

    /// Cells in the order of the columns, as text.
    pub fn line(&mut self, cells: &[String]) {
        debug_assert_eq!(cells.len(), self.heads.len());
        let mut line = String::from("<tr>");
        for (place, (head, cell)) in self.heads.iter().zip(cells).enumerate() {
            let class = if head.is_number { " class=\"number\"" } else { "" };
            // Where there is no room for columns, each cell says of what it is.
            let about = match head.text.as_str() {
                "" => String::new(),
                text => format!(" data-head=\"{}\"", escaped(text)),
            };
            let cell = match (place, sentence(cell)) {
                (0, cell) => format!("<th scope=\"row\"{class}{about}>{cell}</th>"),
                (_, cell) => format!("<td{class}{about}>{cell}</td>"),
            };
            line.push_str(&cell);
        }
        line.push_str("</tr>\n");
        self.lines.push(line);
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub fn text(&self) -> String {
        let mut heads = String::new();
        for head in &self.heads {
            let class = if head.is_number { " class=\"number\"" } else { "" };
            let about = match head.about.as_str() {
                "" => String::new(),
                about => format!(" title=\"{}\"", escaped(about)),
            };
            write!(heads, "<th scope=\"col\"{class}{about}>{}</th>", escaped(&head.text))
                .expect("a text takes everything");
        }
        // A table that is wider than the page is moved by itself, also with the keyboard.
        let short = if self.lines.len() <= LINES_SHORT_MOST { " short" } else { "" };
        let table = format!(
            "<div class=\"wide{short}\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n<table>\n\
             <caption>{}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n</div>\n",
            escaped(&self.caption),
            sentence(&self.caption),
            self.lines.concat()
        );
        if self.lines.len() <= LINES_OPEN_MOST {
            return table;
        }
        details(&format!("{} ({} lines)", self.caption, self.lines.len()), &table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_scenario_says_becomes_html() {
        assert_eq!(escaped("<b a=\"1\">&\u{0}"), "&lt;b a=&quot;1&quot;&gt;&amp;");
        assert_eq!(sentence("`a<b` **and** `c"), "<code>a&lt;b</code> <strong>and</strong> `c");
    }

    #[test]
    fn tables_say_what_their_lines_and_columns_are() {
        let mut table = Table::new("Nodes").words("node", "").figures("visits", "calls that came in");
        assert!(table.is_empty());
        table.line(&["a&b".to_owned(), "7".to_owned()]);
        let text = table.text();
        assert!(text.contains("<caption>Nodes</caption>"));
        assert!(text.contains("<th scope=\"col\" class=\"number\" title=\"calls that came in\">visits</th>"));
        assert!(text.contains("<th scope=\"row\" data-head=\"node\">a&amp;b</th><td class=\"number\" data-head=\"visits\">7</td>"));
    }
}
