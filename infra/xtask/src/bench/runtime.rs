//! Lambda's Runtime API as far as the benchmark needs it: the moment at which a function asks for its first invocation is the end of
//! its start-up; what it uses from there until it asks again is one call.

use anyhow::{Context, Result, bail};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};

use super::{
    kernel::{cpu_ms, resident_mib},
    median,
};

/// Longest start, and longest call, that is waited for.
const LONGEST: Duration = Duration::from_secs(20);
/// Calls after the first, of which the median is what a warm one takes.
const WARM: usize = 5;

/// One start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    /// Milliseconds of CPU from the beginning of the process to its first question.
    pub(super) cpu_ms: f64,
    /// Milliseconds on the clock.
    pub(super) wall_ms: f64,
    /// MiB of memory at that moment.
    pub(super) resident_mib: f64,
}

/// The calls after a start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calls {
    /// Milliseconds of CPU that the first one took.
    pub(super) first_ms: f64,
    /// The same of one of those after it.
    pub(super) warm_ms: f64,
}

/// A question for work: it is answered with an event, or never.
struct Asked(oneshot::Sender<Bytes>);

/// A function that was started, and its questions.
struct Process {
    child: Child,
    pid: u32,
    questions: mpsc::Receiver<Asked>,
}

/// Starts a function and measures until it asks for work. It is given none.
pub(super) async fn start(command: &mut Command) -> Result<Start> {
    let (process, start, _question) = begin(command).await?;
    process.end().await?;
    Ok(start)
}

/// Starts a function and has it answer the same event again and again.
pub(super) async fn calls(command: &mut Command, event: &Bytes) -> Result<Calls> {
    let (mut process, _, mut question) = begin(command).await?;
    let mut each = Vec::new();
    for _ in 0..=WARM {
        let before = cpu_ms(process.pid)?;
        question.0.send(event.clone()).ok().context("it hung up")?;
        question = process.asked().await?;
        each.push(cpu_ms(process.pid)? - before);
    }
    process.end().await?;
    let first_ms = each.remove(0);
    Ok(Calls { first_ms, warm_ms: median(each) })
}

async fn begin(command: &mut Command) -> Result<(Process, Start, Asked)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    command.env("AWS_LAMBDA_RUNTIME_API", listener.local_addr()?.to_string());
    let (tell, questions) = mpsc::channel(1);
    let service = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/{outcome}", post(|_: Bytes| async { StatusCode::ACCEPTED }))
        .with_state(tell);
    tokio::spawn(async move {
        // Ends with the process; an accept error shows at the function.
        let _ = axum::serve(listener, service).await;
    });
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let begun = Instant::now();
    let child = command.spawn().context("the function does not start")?;
    let pid = child.id().context("it ended")?;
    let mut process = Process { child, pid, questions };
    let question = process.asked().await?;
    let wall_ms = begun.elapsed().as_secs_f64() * 1e3;
    let start = Start { cpu_ms: cpu_ms(pid)?, wall_ms, resident_mib: resident_mib(pid)? };
    Ok((process, start, question))
}

async fn next(State(tell): State<mpsc::Sender<Asked>>) -> Response {
    let (answer, event) = oneshot::channel();
    if tell.send(Asked(answer)).await.is_err() {
        return StatusCode::GONE.into_response();
    }
    // Dropped when no event comes any more.
    event.await.map_or_else(|_| StatusCode::GONE.into_response(), |event| (INVOCATION, event).into_response())
}

/// What Lambda says of an invocation; the deadline is in the year 2286.
const INVOCATION: [(&str, &str); 4] = [
    ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
    ("lambda-runtime-deadline-ms", "9999999999999"),
    ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:ap-northeast-2:000000000000:function:bench"),
    ("content-type", "application/json"),
];

impl Process {
    /// Its next question.
    async fn asked(&mut self) -> Result<Asked> {
        tokio::select! {
            asked = tokio::time::timeout(LONGEST, self.questions.recv()) => {
                asked.context("it did not ask within 20 s")?.context("the service ended")
            }
            status = self.child.wait() => {
                let mut said = String::new();
                if let Some(mut errors) = self.child.stderr.take() {
                    errors.read_to_string(&mut said).await?;
                }
                bail!("it ended ({}): {}", status?, said.lines().last().unwrap_or("without a word"));
            }
        }
    }

    async fn end(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}
