//! Logs as JSON lines and metrics in CloudWatch's embedded format, both on standard output, which Lambda carries to the
//! function's log group. Neither has a field that could hold personal data: routes are templates, causes are our own.

use metrics::Unit;
use metrics_cloudwatch_embedded::Collector;
use std::sync::OnceLock;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

const REQUESTS: &str = "Requests";
const ERRORS: &str = "Errors";
const LATENCY: &str = "Latency";

static COLLECTOR: OnceLock<&'static Collector> = OnceLock::new();

/// Starts logs and metrics of this process: the first line of `main`. A second call does nothing.
pub fn init(function: &'static str) {
    let filter = targets(std::env::var("RUST_LOG").ok().as_deref());
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(true);
    // An error means that logs or metrics have started already.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
    let collector = metrics_cloudwatch_embedded::Builder::new()
        .cloudwatch_namespace("Medius")
        .with_dimension("function", function)
        .init();
    if let Ok(collector) = collector {
        let _ = COLLECTOR.set(collector);
        metrics::describe_counter!(REQUESTS, Unit::Count, "");
        metrics::describe_counter!(ERRORS, Unit::Count, "");
        metrics::describe_histogram!(LATENCY, Unit::Milliseconds, "");
    }
    std::panic::set_hook(Box::new(|info| {
        // The message may hold what a person entered: only the place is written.
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        tracing::error!(panic.place = place, "panic");
    }));
}

/// Our crates at `RUST_LOG` (`error`, `warn`, `info` or `debug`; else `info`), all others at `warn`: their debug lines
/// hold requests and bodies. There is no way to more.
fn targets(rust_log: Option<&str>) -> Targets {
    let ours = match rust_log {
        Some("error") => LevelFilter::ERROR,
        Some("warn") => LevelFilter::WARN,
        Some("debug") => LevelFilter::DEBUG,
        Some(_) | None => LevelFilter::INFO,
    };
    Targets::new().with_target("medius", ours).with_default(LevelFilter::WARN.min(ours))
}

/// Counts an event of the function's own, for example `"EmergencyShown"`; written with the next flush.
pub fn count(name: &'static str) {
    metrics::counter!(name).increment(1);
}

/// Notes a figure of the function's own, for example the seconds that a mail waited; written with the next flush.
pub fn measure(name: &'static str, value: f64) {
    metrics::histogram!(name).record(value);
}

/// Counts a request, its error and its time under its route and the class of its status.
pub(crate) fn record(route: &str, status: http::StatusCode, milliseconds: f64) {
    let class = match status.as_u16() / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => "1xx",
    };
    metrics::counter!(REQUESTS, "route" => route.to_owned(), "status" => class).increment(1);
    if status.is_server_error() {
        metrics::counter!(ERRORS, "route" => route.to_owned(), "status" => class).increment(1);
    }
    metrics::histogram!(LATENCY, "route" => route.to_owned(), "status" => class).record(milliseconds);
}

/// Writes the metrics: after each request, and at the end of an invocation of a function without HTTP.
pub fn flush() {
    if let Some(collector) = COLLECTOR.get() {
        // Where standard output is gone there is nowhere left to say so.
        let _ = collector.flush(std::io::stdout().lock());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn no_setting_lets_other_crates_log_what_they_carry() {
        for setting in ["trace", "aws_smithy_runtime=trace", "debug", "hyper=debug", ""] {
            let filter = targets(Some(setting));
            assert!(!filter.would_enable("aws_smithy_runtime::client", &Level::INFO), "{setting}");
            assert!(!filter.would_enable("medius_intake", &Level::TRACE), "{setting}");
        }
        assert!(targets(None).would_enable("medius_http::router", &Level::INFO));
        assert!(!targets(None).would_enable("medius_http::router", &Level::DEBUG));
        assert!(!targets(Some("error")).would_enable("lambda_runtime", &Level::WARN));
    }
}
