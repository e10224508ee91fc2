//! How pages are looked at: at a desk and on a telephone, in Korean and in English. Of each look a picture stays under
//! `target/screens` for a person.

use super::chromium::Chromium;
use anyhow::{Result, ensure};
use medius_tests::stack::Stack;

/// A size and a language.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub(crate) phone: bool,
    pub(crate) language: &'static str,
}

impl Look {
    /// Every size with every language.
    pub(crate) const ALL: [Self; 4] = [
        Self { phone: false, language: "ko" },
        Self { phone: true, language: "ko" },
        Self { phone: true, language: "en" },
        Self { phone: false, language: "en" },
    ];

    /// The words of the language that is chosen.
    pub(crate) const fn of(self, ko: &'static str, en: &'static str) -> &'static str {
        if self.language.as_bytes()[0] == b'k' { ko } else { en }
    }

    /// The size that is looked at.
    pub(crate) async fn sized(self, browser: &Chromium) -> Result<()> {
        if self.phone { browser.phone().await } else { browser.desktop().await }
    }

    /// What a page's picture is called.
    pub(crate) fn picture(self, name: &str) -> String {
        format!("{name}-{}-{}", if self.phone { "phone" } else { "desk" }, self.language)
    }

    /// Looks at the page as it stands: it fits, is light, speaks one language, and axe-core finds nothing.
    pub(crate) async fn page(self, browser: &Chromium, name: &str) -> Result<()> {
        let name = self.picture(name);
        browser.fits(&name).await?;
        browser.light(&name).await?;
        browser.speaks(self.language, &name).await?;
        browser.accessible(&name).await
    }
}

/// Looks at the page in all four ways; then it stands as at first, at a desk and in English.
pub(crate) async fn every_way(browser: &Chromium, name: &str) -> Result<()> {
    for look in Look::ALL {
        look.sized(browser).await?;
        browser.click(&format!("[data-language={}]", look.language)).await?;
        look.page(browser, name).await?;
    }
    Ok(())
}

/// Does something in a browser of its own.
pub(crate) async fn in_browser(work: impl AsyncFn(&Stack, &Chromium) -> Result<()>) {
    let stack = Stack::load().unwrap();
    let browser = Chromium::start(&stack.run().files).await.unwrap();
    let outcome = work(&stack, &browser).await;
    // In any case, so that a failing test leaves no browser behind.
    let ended = browser.quit().await;
    outcome.unwrap();
    ended.unwrap();
}

/// Tells a story of which no page complains.
pub(crate) async fn told(look: Look, story: impl AsyncFn(&Stack, &Chromium, Look) -> Result<()>) {
    in_browser(async |stack, browser| {
        story(stack, browser, look).await?;
        let complaints = browser.complaints().await?;
        ensure!(complaints.is_empty(), "the console: {complaints:#?}");
        Ok(())
    })
    .await;
}

/// Tells a story at both sizes and in both languages.
macro_rules! story {
    ($name:ident, $story:path) => {
        mod $name {
            use crate::look::{Look, told};

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
pub(crate) use story;
