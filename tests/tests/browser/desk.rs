//! The provider's desk in a real browser: every story of the loop as an institution goes it, at a desk and on a telephone, in Korean
//! and in English. Every page is looked at by axe-core and left under `target/screens` for a person.

use super::Sent;
use super::chromium::Chromium;
use super::{closed, enter_code};
use anyhow::{Context, Result, ensure};
use medius_domain::clock::kst_minute;
use medius_tests::stack::Stack;
use medius_tests::user::fresh_key;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use thirtyfour::Key;

/// How a page is looked at.
#[derive(Clone, Copy)]
struct Look {
    phone: bool,
    language: &'static str,
}

impl Look {
    /// The words of the language that is chosen.
    const fn of(self, ko: &'static str, en: &'static str) -> &'static str {
        if self.language.as_bytes()[0] == b'k' { ko } else { en }
    }
}

/// An institution at its desk.
struct Visit<'a> {
    stack: &'a Stack,
    browser: &'a Chromium,
    sent: &'a Sent,
    look: Look,
    story: &'static str,
}

impl<'a> Visit<'a> {
    /// From the mail to the desk.
    async fn new(
        stack: &'a Stack,
        browser: &'a Chromium,
        sent: &'a Sent,
        look: Look,
        story: &'static str,
    ) -> Result<Self> {
        let visit = Self { stack, browser, sent, look, story };
        visit.sized().await?;
        browser.open(&sent.link.link.url).await?;
        browser.see("#ask").await?;
        browser.click(&format!("[data-language={}]", look.language)).await?;
        visit.page("0-link").await?;
        enter_code(stack, browser, sent, false).await?;
        visit.page("1-referral").await?;
        browser.submit("a[href=desk]").await?;
        browser.see("#history").await?;
        visit.page("2-desk").await?;
        Ok(visit)
    }

    /// The size that is looked at.
    async fn sized(&self) -> Result<()> {
        if self.look.phone { self.browser.phone().await } else { self.browser.desktop().await }
    }

    /// Looks at the page.
    async fn page(&self, name: &str) -> Result<()> {
        let size = if self.look.phone { "phone" } else { "desk" };
        let name = format!("{}-{name}-{size}-{}", self.story, self.look.language);
        self.browser.fits(&name).await?;
        self.browser.light(&name).await?;
        self.browser.speaks(self.look.language, &name).await?;
        self.browser.accessible(&name).await
    }

    /// Looks at the page as it is printed: what it says, and nothing that can only be clicked.
    async fn on_paper(&self, name: &str) -> Result<()> {
        self.browser.paper(true).await?;
        let shown = "return [...document.querySelectorAll('button, input, select, textarea, summary, .tabs a')]
            .filter(e => e.offsetParent !== null).map(e => e.outerHTML)";
        let shown = self.browser.run(shown).await?;
        ensure!(shown == json!([]), "printed, but only to be clicked: {shown}");
        let size = if self.look.phone { "phone" } else { "desk" };
        self.browser.picture(&format!("{}-{name}-{size}-{}", self.story, self.look.language)).await?;
        self.shows(&self.sent.name).await?;
        self.browser.paper(false).await
    }

    /// Opens the form of an answer, unless it is open.
    async fn form(&self, action: &str) -> Result<String> {
        let form = format!("#form-{action}");
        self.browser.exists(&form).await?;
        let open = format!("const d = document.querySelector('{form}').closest('details'); return !d || d.open");
        if self.browser.run(&open).await? != true {
            self.browser.click(&format!("details:has({form}) > summary")).await?;
        }
        self.browser.see(&form).await?;
        Ok(form)
    }

    /// Fills in the fields of an answer and sends it; then the desk shows `state`.
    async fn answer(&self, action: &str, fields: &[(&str, &str)], state: &str) -> Result<()> {
        let form = self.form(action).await?;
        for (name, value) in fields {
            self.browser.set(&format!("{form} [name={name}]"), value).await?;
        }
        if !fields.is_empty() {
            self.page(&format!("3-{action}")).await?;
        }
        self.browser.submit(&format!("{form} button[type=submit]")).await?;
        self.stands(state).await?;
        self.page(&format!("4-{state}")).await
    }

    /// Waits until the Task stands somewhere, as the patient sees it.
    async fn stands(&self, state: &str) -> Result<Value> {
        let mut last = Value::Null;
        for _ in 0..100 {
            last = self.task().await?;
            if last["state"] == state {
                self.browser.see("#history").await?;
                return Ok(last);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.browser.picture("failure").await?;
        anyhow::bail!("the Task is {} and not {state}", last["state"])
    }

    /// The Task as the patient sees it.
    async fn task(&self) -> Result<Value> {
        let list =
            self.sent.app.get(&format!("/v1/cases/{}/tasks", self.sent.case)).await?.expect(200, "tasks")?.json();
        Ok(list["items"][0].clone())
    }

    /// The patient does something about it.
    async fn patient(&self, answer: &Value) -> Result<()> {
        let task = self.task().await?;
        let path = format!("/v1/cases/{}/tasks/{}", self.sent.case, task["id"].as_str().context("no id")?);
        let etag = self.sent.app.get(&path).await?.expect(200, "task")?.etag();
        self.sent
            .app
            .change(Method::POST, &format!("{path}/actions"), &etag, Some(answer))
            .await?
            .expect(200, "action")?;
        Ok(())
    }

    /// That the page shows a text.
    async fn shows(&self, text: &str) -> Result<()> {
        ensure!(self.browser.text().await?.contains(text), "the page does not show {text}");
        Ok(())
    }
}

/// Tells a story in a browser of its own.
async fn told(look: Look, story: impl AsyncFn(&Stack, &Chromium, Look) -> Result<()>) {
    let stack = Stack::load().unwrap();
    let browser = Chromium::start(&stack.run().files).await.unwrap();
    let outcome = story(&stack, &browser, look).await;
    let complaints = browser.complaints().await;
    browser.quit().await.unwrap();
    outcome.unwrap();
    assert_eq!(complaints.unwrap(), Vec::<String>::new());
}

/// Tells a story at both sizes and in both languages.
macro_rules! story {
    ($name:ident, $story:path) => {
        mod $name {
            use super::{Look, told};

            #[tokio::test]
            async fn at_a_desk_in_korean() {
                told(Look { phone: false, language: "ko" }, $story).await;
            }

            #[tokio::test]
            async fn at_a_desk_in_english() {
                told(Look { phone: false, language: "en" }, $story).await;
            }

            #[tokio::test]
            async fn on_a_telephone_in_korean() {
                told(Look { phone: true, language: "ko" }, $story).await;
            }

            #[tokio::test]
            async fn on_a_telephone_in_english() {
                told(Look { phone: true, language: "en" }, $story).await;
            }
        }
    };
}

story!(an_institution_accepts_gives_an_appointment_and_returns_the_outcome, super::main_path);
story!(an_institution_declines_with_a_reason, super::declines);
story!(an_institution_asks_for_more_information, super::asks_more);
story!(an_institution_answers_with_the_keys_alone, super::by_keyboard);
story!(an_institution_points_elsewhere, super::redirects);
story!(a_revoked_link_shows_nothing_more_in_an_open_session, super::revoked);
story!(an_expired_link_shows_nothing_more_in_an_open_session, super::expired);

async fn main_path(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "main").await?;
    visit.answer("acknowledge", &[], "ACKNOWLEDGED").await?;
    visit.answer("accept", &[("text", "We are glad to help.")], "ACCEPTED").await?;
    let day = (chrono::Utc::now() + chrono::TimeDelta::days(7)).format("%Y-%m-%d").to_string();
    let fields = [("date", day.as_str()), ("time", "09:30"), ("place", "Main building, 2nd floor")];
    visit.answer("schedule", &fields, "SCHEDULED").await?;
    visit.shows("09:30").await?;
    visit.shows("00:30").await?;
    browser.click("form[action=appointment] button").await?;
    let file = std::fs::read_to_string(browser.download("appointment.ics").await?)?;
    let start = format!("DTSTART;TZID=Asia/Seoul:{}T093000", day.replace('-', ""));
    ensure!(file.contains(&start) && !file.contains(&sent.name), "the calendar file: {file}");
    visit.patient(&json!({"action": "confirm_appointment"})).await?;
    browser.reload().await?;
    visit.page("5-confirmed").await?;
    // What was typed is kept where it is refused, and it is said why.
    let form = visit.form("interim_outcome").await?;
    browser.set(&format!("{form} [name=text]"), "900101-1234567").await?;
    browser.submit(&format!("{form} button[type=submit]")).await?;
    browser.see("#banner").await?;
    visit.shows(look.of("주민등록번호로 보이는", "resident registration number")).await?;
    visit.page("6-refused").await?;
    let file = browser.folder().join("outcome.pdf");
    std::fs::write(&file, &sent.letter)?;
    browser.choose("#file", &file).await?;
    browser.see("#bringing [data-message=kept]").await?;
    visit.shows(look.of("보낼 수 있음", "can be sent")).await?;
    visit.page("7-file").await?;
    visit.answer("interim_outcome", &[("text", "Blood was drawn. Results follow.")], "SCHEDULED").await?;
    visit.shows("Blood was drawn").await?;
    // Whether the patient came is asked on the day of the appointment, and not a week before.
    for early in ["attended", "no_show"] {
        let absent = browser.run(&format!("return !document.querySelector('#form-{early}')")).await?;
        ensure!(absent == true, "{early} is offered a week early");
    }
    let now = kst_minute(chrono::Utc::now());
    let (day, hour) = now.split_once(' ').context("no hour")?;
    let fields = [("date", day), ("time", hour), ("place", "Main building, 2nd floor")];
    visit.answer("reschedule", &fields, "SCHEDULED").await?;
    visit.answer("attended", &[], "ATTENDED").await?;
    let form = visit.form("final_outcome").await?;
    browser.click(&format!("{form} [name=files]")).await?;
    visit.answer("final_outcome", &[("text", "Type 2 diabetes; metformin was raised.")], "OUTCOME_RETURNED").await?;
    visit.shows("#1").await?;
    visit.page("8-history").await?;
    visit.on_paper("9-history-paper").await?;
    browser.submit("a[href=referral]").await?;
    visit.shows(sent.number()).await?;
    visit.on_paper("9-referral-paper").await?;
    closed(stack, browser, &sent).await
}

async fn declines(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "decline").await?;
    // "Other" says nothing without words.
    let form = visit.form("decline").await?;
    browser.click(&format!("{form} [value=other]")).await?;
    browser.submit(&format!("{form} button[type=submit]")).await?;
    browser.see("#banner").await?;
    visit.page("3-refused").await?;
    let form = visit.form("decline").await?;
    browser.click(&format!("{form} [value=capacity]")).await?;
    visit.answer("decline", &[("text", "석 달 안에는 자리가 없습니다.")], "DECLINED").await?;
    visit.shows(look.of("예약 가능한 자리가 없음", "No capacity")).await
}

async fn asks_more(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "more").await?;
    visit.answer("ask_more", &[("text", "Which medicines were tried before?")], "MORE_INFORMATION").await?;
    visit.shows("Which medicines were tried before?").await?;
    // The patient answers with a newer letter: the page that is open shows nothing more, and the newer link shows that one.
    let newer = sent.newer(stack).await?;
    browser.submit("a[href=referral]").await?;
    visit.shows("This link cannot be opened").await?;
    visit.page("5-older").await?;
    let visit = Visit::new(stack, browser, &newer, look, "more-answered").await?;
    visit.shows(newer.number()).await?;
    visit.shows("Which medicines were tried before?").await?;
    visit.answer("accept", &[("text", "Thank you.")], "ACCEPTED").await
}

/// The whole way with the keys alone: what has the focus is seen to have it, and nothing needs a mouse.
async fn by_keyboard(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit { stack, browser, sent: &sent, look, story: "keys" };
    visit.sized().await?;
    browser.open(&sent.link.link.url).await?;
    browser.see("#ask").await?;
    browser.tab_to(&format!("[data-language={}]", look.language)).await?;
    browser.press(" ").await?;
    let before = stack.mails().await?.len();
    browser.tab_to("#send").await?;
    browser.press(Key::Enter).await?;
    browser.see("#enter").await?;
    let code = sent.link.code_from_mail(&sent.mailbox, before).await?;
    browser.tab_to("#code").await?;
    browser.press(&code).await?;
    browser.press(Key::Enter).await?;
    browser.see(".sheet h1").await?;
    browser.tab_to("a[href=desk]").await?;
    visit.page("1-focus").await?;
    browser.press(Key::Enter).await?;
    browser.see("#history").await?;
    browser.tab_to("details:has(#form-decline) > summary").await?;
    browser.press(Key::Enter).await?;
    browser.see("#form-decline").await?;
    // One of the reasons has the focus; the arrow goes to the next.
    browser.tab_to("#form-decline [type=radio]").await?;
    browser.press(" ").await?;
    browser.press(Key::Down).await?;
    browser.tab_to("#form-decline [name=text]").await?;
    browser.press("-").await?;
    visit.page("2-form").await?;
    browser.tab_to("#form-decline [type=submit]").await?;
    browser.press(Key::Enter).await?;
    visit.stands("DECLINED").await.map(drop)
}

async fn redirects(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "redirect").await?;
    let form = visit.form("redirect").await?;
    browser.click(&format!("{form} [value=other-institution]")).await?;
    visit.answer("redirect", &[("text", "내분비내과가 있는 대학병원")], "REDIRECTED").await
}

async fn revoked(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "revoked").await?;
    let path = format!("/v1/cases/{}/deliveries/{}/revoke", sent.case, sent.delivery);
    sent.app.post(&path, &json!({})).await?.expect(200, "revoke")?;
    gone(&visit).await
}

async fn expired(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    use aws_sdk_dynamodb::types::AttributeValue::S;
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "expired").await?;
    let id = format!("LINK#{}", sent.link.link.id);
    let update = stack.dynamodb(stack.operator_credentials()).update_item().table_name(stack.table("links"));
    let update = update.key("pk", S(id)).key("sk", S("LINK".to_owned()));
    let update = update.update_expression("SET body.expires_at = :past");
    update.expression_attribute_values(":past", S("2026-01-01T00:00:00Z".to_owned())).send().await?;
    gone(&visit).await
}

/// Whatever is clicked now shows the one page that everything dead shows.
async fn gone(visit: &Visit<'_>) -> Result<()> {
    let (browser, name) = (visit.browser, &visit.sent.name);
    let form = visit.form("decline").await?;
    browser.click(&format!("{form} [value=capacity]")).await?;
    browser.submit(&format!("{form} button[type=submit]")).await?;
    browser.see("main h1").await?;
    visit.shows("This link cannot be opened").await?;
    ensure!(!browser.text().await?.contains(name), "the page still names the patient");
    visit.page("9-gone").await?;
    for page in ["referral", "desk"] {
        browser.open(&format!("{}/{page}", visit.sent.page(visit.stack))).await?;
        visit.shows("This link cannot be opened").await?;
    }
    let task = visit.task().await?;
    ensure!(task["state"] != "DECLINED", "an answer through a dead link was taken: {}", fresh_key());
    Ok(())
}
