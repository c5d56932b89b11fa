//! The two forms of a mail's body, written together so that they say the same.

use std::fmt::Write as _;

/// A line of an order.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) quantity: String,
    pub(super) what: String,
    pub(super) photo: String,
    pub(super) price: String,
    /// May be empty.
    pub(super) note: String,
}

/// A body that is being written. Everything passed in is text, and escaped for HTML.
#[derive(Debug)]
pub(super) struct Body {
    text: String,
    html: String,
}

const CELL: &str = "padding:6px 8px;border-bottom:1px solid #e5e7eb;text-align:left;vertical-align:top";

impl Body {
    pub(super) fn new(title: &str) -> Self {
        let title = escaped(title);
        let html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\n\
             <body style=\"margin:0;padding:24px;font-family:sans-serif;color:#1f2937;background:#ffffff\">\n\
             <h1 style=\"font-size:20px;margin:0 0 16px\">{title}</h1>\n"
        );
        Self { text: String::new(), html }
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.add_text(text);
        self.add_html(&format!("<p>{}</p>", with_breaks(text)));
    }

    pub(super) fn quote(&mut self, heading: &str, text: &str) {
        let indented: Vec<String> =
            text.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
        self.add_text(&format!("{heading}:\n{}", indented.join("\n")));
        self.add_html(&format!("<p><strong>{}:</strong><br>{}</p>", escaped(heading), with_breaks(text)));
    }

    pub(super) fn link(&mut self, label: &str, url: &str) {
        self.add_text(&format!("{label}: {url}"));
        self.add_html(&format!("<p><a href=\"{}\">{}</a></p>", escaped(url), escaped(label)));
    }

    pub(super) fn table(&mut self, rows: &[Row], total: &str) {
        let mut text = String::new();
        let mut html = String::from("<table style=\"border-collapse:collapse;width:100%\">\n");
        for row in rows {
            // Writing to a text cannot fail.
            let _infallible = writeln!(text, "{} {} - {} - {}", row.quantity, row.what, row.photo, row.price);
            let mut what = format!("{}<br>{}", escaped(&row.what), escaped(&row.photo));
            if !row.note.is_empty() {
                let _infallible = writeln!(text, "    {}", row.note.replace('\n', "\n    "));
                what = format!("{what}<br><em>{}</em>", with_breaks(&row.note));
            }
            let cells = [escaped(&row.quantity), what, escaped(&row.price)];
            let cells = cells.map(|cell| format!("<td style=\"{CELL}\">{cell}</td>"));
            html = format!("{html}<tr>{}</tr>\n", cells.concat());
        }
        let _infallible = write!(text, "Total: {total}");
        self.add_text(&text);
        self.add_html(&format!("{html}</table>\n<p><strong>Total: {}</strong></p>", escaped(total)));
    }

    pub(super) fn footer(&mut self, text: &str) {
        self.add_text(&format!("--\n{text}"));
        self.add_html(&format!("<p style=\"color:#6b7280;font-size:13px\">{}</p>", with_breaks(text)));
    }

    /// Text and HTML.
    pub(super) fn finish(self) -> (String, String) {
        (self.text, format!("{}</body>\n</html>\n", self.html))
    }

    fn add_text(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn add_html(&mut self, html: &str) {
        self.html.push_str(html);
        self.html.push('\n');
    }
}

fn with_breaks(text: &str) -> String {
    escaped(text).replace('\n', "<br>\n")
}

/// Text as it stands in HTML, in an element or in a quoted attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_client_types_becomes_html() {
        let mut body = Body::new("<script>alert(1)</script>");
        body.paragraph("a < b & \"c\"");
        body.quote("Request", "</p><img src=x onerror=alert(1)>\nsecond line");
        body.link("Open", "https://example.com/?a=\"><script>");
        let (text, html) = body.finish();
        assert!(!html.contains("<script>") && !html.contains("<img"), "{html}");
        assert!(html.contains("a &lt; b &amp; &quot;c&quot;"));
        assert!(text.contains("> second line"), "{text}");
    }
}
