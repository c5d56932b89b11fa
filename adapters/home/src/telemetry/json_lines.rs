//! One JSON object a line, with every cause of an error. The lines of `tracing-subscriber` itself have the outermost error
//! alone, which for most failures of a service says "unavailable" and not why.

use std::error::Error;
use std::fmt;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

/// What stands in every line, and what no field of an event can replace.
const OURS: [&str; 5] = ["timestamp", "level", "target", "span", "spans"];

/// Writes events as lines: when, how bad, where, the event's fields, and the spans around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct JsonLines;

impl<S> FormatEvent<S, JsonFields> for JsonLines
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut timestamp = String::new();
        SystemTime.format_time(&mut Writer::new(&mut timestamp))?;
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut line = fields.0;
        line.retain(|name, _| !OURS.contains(&name.as_str()));
        line.insert("timestamp".to_owned(), timestamp.into());
        line.insert("level".to_owned(), event.metadata().level().as_str().into());
        line.insert("target".to_owned(), event.metadata().target().into());
        let spans: Vec<Value> = context
            .event_scope()
            .into_iter()
            .flat_map(tracing_subscriber::registry::Scope::from_root)
            .map(|span| span_object(&span))
            .collect();
        if let Some(innermost) = spans.last() {
            line.insert("span".to_owned(), innermost.clone());
            line.insert("spans".to_owned(), Value::Array(spans));
        }
        writeln!(writer, "{}", Value::Object(line))
    }
}

/// A span's fields and its name.
fn span_object<S>(span: &SpanRef<'_, S>) -> Value
where
    S: for<'span> LookupSpan<'span>,
{
    let extensions = span.extensions();
    let written = extensions.get::<FormattedFields<JsonFields>>();
    // Why `ok`: fields that are no JSON object are a fault of the formatter, and the line is worth more than they are.
    let fields = written.and_then(|fields| serde_json::from_str::<Map<String, Value>>(&fields.fields).ok());
    let mut object = fields.unwrap_or_default();
    object.insert("name".to_owned(), span.name().into());
    Value::Object(object)
}

/// An event's fields.
#[derive(Debug, Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn keep(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.keep(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.keep(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.keep(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.keep(field, chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.keep(field, format!("{value:?}"));
    }
}

/// An error and what caused it, outermost first.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use anyhow::anyhow;

    use super::*;
    use crate::config::choice::LogFormat;

    /// What was written.
    #[derive(Debug, Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines that a program in this format writes while it does this.
    fn lines(format: LogFormat, work: impl FnOnce()) -> Vec<String> {
        use tracing_subscriber::layer::SubscriberExt as _;
        let page = Page::default();
        let written = page.clone();
        let layer = crate::telemetry::lines(format, move || written.clone(), false);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), work);
        let bytes = page.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
    }

    fn refused() -> anyhow::Error {
        anyhow!("connection refused").context("dispatch failure").context("put object one: unavailable")
    }

    #[test]
    fn a_json_line_tells_an_error_with_all_its_causes() {
        let lines = lines(LogFormat::Json, || {
            let _span = tracing::info_span!("run", job.id = "seven", job.receive_count = 2).entered();
            let error = refused();
            let error: &(dyn Error + 'static) = error.as_ref();
            tracing::warn!(error, photo.id = "nine", level = "mine", "a job is tried again");
        });
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["error"], "put object one: unavailable: dispatch failure: connection refused");
        assert_eq!((&line["message"], &line["photo.id"]), (&"a job is tried again".into(), &"nine".into()));
        assert_eq!((&line["level"], &line["target"]), (&"WARN".into(), &module_path!().into()));
        assert_eq!(line["span"]["name"], "run");
        assert_eq!(line["spans"][0]["job.receive_count"], 2);
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
    }

    #[test]
    fn a_line_of_text_tells_an_error_with_all_its_causes() {
        let lines = lines(LogFormat::Text, || {
            let error = refused();
            let error: &(dyn Error + 'static) = error.as_ref();
            tracing::warn!(error, "a job is tried again");
        });
        let line = lines.concat();
        for cause in ["put object one: unavailable", "dispatch failure", "connection refused"] {
            assert!(line.contains(cause), "{line}");
        }
    }
}
