//! Refusals at a link on the local stack: whatever is wrong, words and headers are the same, and the times of each kind of refusal
//! are compared with those of a link that is nowhere, by the rank test of Mann and Whitney. Kinds take turns, so that whatever
//! else the machine does falls on all of them.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use http::Method;
use medius_tests::journey::{demo_story, mailbox};
use medius_tests::stack::Stack;
use medius_tests::user::{Answer, Institution, MailedLink, PatientApp};
use serde::Serialize;
use serde_json::json;

use crate::{preflight, say, stack, workspace};

/// Samples of each kind.
const SAMPLES: usize = 40;
/// Tries that a link takes from one network before it locks (`shared/domain/src/link/tries.rs`), less one.
const TRIES: usize = 4;
/// Chance of calling equal times different, over all kinds together.
const LEVEL: f64 = 0.01;
/// Milliseconds between medians below which nobody across a network learns anything.
const APART: f64 = 5.0;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// A link that is nowhere: the measure of the others.
    Nowhere,
    /// A secret that is not the link's.
    WrongSecret,
    /// No code was ordered.
    NoCode,
    /// A code that is not the one that was sent.
    WrongCode,
    /// The right secret of a link that the patient took back.
    Revoked,
    /// A network that tried too often.
    Locked,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Nowhere, Self::WrongSecret, Self::NoCode, Self::WrongCode, Self::Revoked, Self::Locked];
}

/// How a kind's times stand to those of a link that is nowhere.
#[derive(Debug, Serialize)]
struct Compared {
    kind: Kind,
    samples: usize,
    median_ms: f64,
    /// Chance that one of these takes longer than one of those: 0.5 where nothing can be told.
    longer: f64,
    /// Chance of a difference like this between equal times.
    p: f64,
}

/// The links that a kind is tried at, in turn.
type Links = BTreeMap<Kind, Vec<Institution>>;

pub(super) async fn run() -> Result<()> {
    let front = preflight::listen(0, "")?;
    let port = preflight::free_port()?;
    let up = stack::up(&workspace::root().join("target/bench-run"), port, front).await?;
    let stack = Stack::from_run(up.run.clone());
    let links = links(&stack).await?;
    let mut times: BTreeMap<Kind, Vec<f64>> = BTreeMap::new();
    let mut same = None;
    for n in 0..SAMPLES {
        // Each round begins with another kind: what the first of a round meets, each is.
        for i in 0..Kind::ALL.len() {
            let kind = Kind::ALL[(n + i) % Kind::ALL.len()];
            let begun = Instant::now();
            let answer = tried(kind, &links, n).await?;
            times.entry(kind).or_default().push(begun.elapsed().as_secs_f64() * 1000.0);
            let said = answer.known_by();
            let first = same.get_or_insert_with(|| said.clone());
            ensure!(*first == said, "{kind:?} is answered in other words: {said:?}, not {first:?}");
        }
    }
    let compared = compared(&times)?;
    say::line("refusal          samples  median ms  longer      p");
    for c in &compared {
        let (kind, longer) = (format!("{:?}", c.kind), c.longer);
        say::line(&format!("{kind:<16} {:>7} {:>10.1} {longer:>7.2} {:>6.3}", c.samples, c.median_ms, c.p));
    }
    super::keep("refusals", &json!({ "build": "debug", "refusals": compared }))?;
    let nowhere = compared.first().map_or(f64::NAN, |c| c.median_ms);
    let level = LEVEL / (Kind::ALL.len() - 1) as f64;
    let told = compared.iter().filter(|c| c.p < level && (c.median_ms - nowhere).abs() >= APART);
    let told: Vec<_> = told.map(|c| format!("{:?}", c.kind)).collect();
    ensure!(told.is_empty(), "their times tell these refusals from a link that is nowhere: {}", told.join(", "));
    Ok(())
}

/// Links in every state that is tried.
async fn links(stack: &Stack) -> Result<Links> {
    let patient = *stack.patients().first().context("run.json has no patient")?;
    let app = PatientApp::new(stack, &stack.sign_in(patient).await?);
    let to = stack.run().providers.first().context("the directory is empty")?.clone();
    let mailbox = mailbox(stack, &to).await?;
    let story = demo_story()?;
    let mut made = Vec::new();
    let each = SAMPLES.div_ceil(TRIES);
    for _ in 0..2 * each + 3 {
        let case = app.ready_case(&story, &to).await?;
        let letter = app.make_letter(&case, &to).await?;
        let delivery = app.deliver(&case, &letter).await?;
        let link = Institution::of_delivery(stack, &case, &delivery, &mailbox).await?;
        made.push((case, delivery, link));
    }
    let mut take = |n: usize| made.split_off(made.len() - n);
    let ([revoked, locked, no_code], wrong_code) = ([take(1), take(1), take(1)], take(each));
    for (case, delivery, _) in &revoked {
        app.post(&format!("/v1/cases/{case}/deliveries/{delivery}/revoke"), &json!({})).await?.expect(200, "revoke")?;
    }
    for (.., link) in wrong_code.iter().chain(&locked) {
        link.ask_for_code().await?.expect(202, "code")?;
    }
    for (.., link) in &locked {
        for _ in 0..=TRIES {
            unlock(link, &link.link.secret).await?.expect(404, "a wrong code")?;
        }
    }
    // Of the form of every link, with one digit that is another.
    let MailedLink { id, secret, .. } = first(&no_code)?.link.clone();
    let (rest, last) = id.split_at(id.len() - 1);
    let nowhere = format!("/r/{rest}{}#{secret}", if last == "a" { "b" } else { "a" });
    let nowhere = Institution::open(stack, &nowhere)?;
    let only = |all: Vec<(String, String, Institution)>| all.into_iter().map(|(.., link)| link).collect();
    let all = [
        (Kind::Nowhere, vec![nowhere]),
        (Kind::WrongSecret, only(made)),
        (Kind::NoCode, only(no_code)),
        (Kind::WrongCode, only(wrong_code)),
        (Kind::Revoked, only(revoked)),
        (Kind::Locked, only(locked)),
    ];
    Ok(all.into())
}

fn first(all: &[(String, String, Institution)]) -> Result<&Institution> {
    all.first().map(|(.., link)| link).context("no link was made")
}

/// The n-th try of a kind.
async fn tried(kind: Kind, links: &Links, n: usize) -> Result<Answer> {
    let of = links.get(&kind).context("no link of this kind")?;
    let link = of.get(n % of.len().max(1)).context("no link of this kind")?;
    let wrong = "a".repeat(link.link.secret.len());
    unlock(link, if kind == Kind::WrongSecret { &wrong } else { &link.link.secret }).await
}

async fn unlock(link: &Institution, secret: &str) -> Result<Answer> {
    // One in a hundred million is the right one; then the answer is another, and the run says so.
    link.send(Method::POST, "/unlock", Some(&json!({ "secret": secret, "code": "00000000" }))).await
}

fn compared(times: &BTreeMap<Kind, Vec<f64>>) -> Result<Vec<Compared>> {
    let nowhere = times.get(&Kind::Nowhere).context("nothing was measured")?;
    let of = |(kind, times): (&Kind, &Vec<f64>)| {
        let (longer, p) = mann_whitney(times, nowhere);
        Compared { kind: *kind, samples: times.len(), median_ms: super::median(times.clone()), longer, p }
    };
    Ok(times.iter().map(of).collect())
}

/// How often one of `a` is larger than one of `b`, ties counting half, and the two-sided chance of that between equal
/// distributions, by the normal approximation (Mann and Whitney 1947), which holds from about twenty samples on.
fn mann_whitney(a: &[f64], b: &[f64]) -> (f64, f64) {
    let above = |x: &f64| {
        b.iter()
            .map(|y| {
                if x > y {
                    1.0
                } else if x == y {
                    0.5
                } else {
                    0.0
                }
            })
            .sum::<f64>()
    };
    let u: f64 = a.iter().map(above).sum();
    let (n, m) = (a.len() as f64, b.len() as f64);
    let z = (u - n * m / 2.0).abs() / (n * m * (n + m + 1.0) / 12.0).sqrt();
    (u / (n * m), erfc(z / std::f64::consts::SQRT_2))
}

/// The complementary error function for x of 0 and above, to 1.5e-7 (Abramowitz and Stegun 7.1.26).
fn erfc(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    series.iter().fold(0.0, |sum, factor| (sum + factor) * t) * (-x * x).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_times_are_not_told_apart_and_others_are() {
        let times = |from: f64| (0..40).map(|n| from + f64::from(n * 7 % 11)).collect::<Vec<_>>();
        let (longer, p) = mann_whitney(&times(400.0), &times(400.0));
        assert!((longer - 0.5).abs() < 1e-9 && p > 0.99, "{longer} {p}");
        let (longer, p) = mann_whitney(&times(410.0), &times(400.0));
        assert!(longer > 0.9 && p < 1e-6, "{longer} {p}");
        // The table of the normal distribution: 5 % lie beyond 1.96.
        assert!((erfc(1.96 / std::f64::consts::SQRT_2) - 0.05).abs() < 1e-4);
    }
}
