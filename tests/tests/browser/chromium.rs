//! A Chromium of its own for one test: fresh profile, nothing of its own accord, everything it asks for written down.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use thirtyfour::LoggingPrefsLogLevel;
use thirtyfour::prelude::*;
use tokio::process::{Child, Command};

/// axe-core as npm publishes it (MPL-2.0; licence beside it).
const AXE: &str = include_str!("../../assets/axe-core/axe.min.js");
/// Without anything that Chromium does for itself: what is left on the network is the pages' own.
const QUIET: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--lang=en-US",
    "--window-size=1280,900",
];
/// What a page may weigh before it is packed: less than a second at 1 Mbit/s, our own measure for an old hospital PC.
const PAGE_BYTES: u64 = 100 * 1024;
/// How much what shows the focus differs from what it stands on (WCAG 2.2, 1.4.11 and 2.4.13).
const CONTRAST: f64 = 3.0;
/// The contrast of the outline of what has the focus with the background behind it, by WCAG's formula; 0 without an outline.
const FOCUS: &str = "
    const element = document.activeElement, style = getComputedStyle(element);
    // A field that is only there for the keys shows its focus at its label.
    const shown = element.matches('.visually') ? getComputedStyle(element.nextElementSibling) : style;
    if (!element.matches(':focus-visible') || shown.outlineStyle === 'none' || parseFloat(shown.outlineWidth) < 2) return 0;
    const parts = (color) => color.match(/[0-9.]+/g).map(Number);
    let behind = element.parentElement;
    while (behind.parentElement && parts(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const light = (color) => parts(color).slice(0, 3).map((v) => v / 255)
        .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const [a, b] = [light(shown.outlineColor), light(getComputedStyle(behind).backgroundColor)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);";
const PATIENCE: Duration = Duration::from_secs(30);
const STEP: Duration = Duration::from_millis(100);

/// The browser, its driver and where its files go.
pub(crate) struct Chromium {
    driver: WebDriver,
    _chromedriver: Child,
    downloads: PathBuf,
    pictures: PathBuf,
}

impl Chromium {
    /// Starts driver and browser; `files` is the folder of the run.
    pub(crate) async fn start(files: &Path) -> Result<Self> {
        let browser = program("chromium")?;
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        // For a person to look at, whatever becomes of the run's own files.
        let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
        let profile = files.join(format!("chromium-{port}"));
        let downloads = profile.join("downloads");
        std::fs::create_dir_all(&pictures)?;
        std::fs::create_dir_all(&downloads)?;
        let mut chromedriver = Command::new(program("chromedriver")?);
        let chromedriver = chromedriver.arg(format!("--port={port}")).kill_on_drop(true);
        let chromedriver = chromedriver.env("FONTCONFIG_FILE", fonts(&profile)?);
        let chromedriver = chromedriver.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;

        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary(&browser.to_string_lossy())?;
        for argument in QUIET {
            wanted.add_arg(argument)?;
        }
        wanted.add_arg(&format!("--user-data-dir={}", profile.join("profile").display()))?;
        let preferences = json!({
            "download.default_directory": downloads,
            "download.prompt_for_download": false,
            "plugins.always_open_pdf_externally": true,
        });
        wanted.add_experimental_option("prefs", preferences)?;
        wanted.set_logging_prefs("performance", LoggingPrefsLogLevel::All)?;
        wanted.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
        let address = format!("http://127.0.0.1:{port}");
        let mut tries = 0;
        let driver = loop {
            match WebDriver::new(&address, wanted.clone()).await {
                Ok(driver) => break driver,
                Err(_) if tries < 20 && !answers(port) => tokio::time::sleep(STEP * 2).await,
                Err(error) => return Err(error).context("Chromium did not start"),
            }
            tries += 1;
        };
        driver.set_script_timeout(PATIENCE * 2).await?;
        let started = Self { driver, _chromedriver: chromedriver, downloads, pictures };
        // What the browser showed before it was asked for anything is its own new-tab page.
        started.open("about:blank").await?;
        started.requests().await?;
        Ok(started)
    }

    /// Ends the browser; its driver ends with this value.
    pub(crate) async fn quit(self) -> Result<()> {
        Ok(self.driver.quit().await?)
    }

    /// Opens an address as if typed; never a mere change of the fragment.
    pub(crate) async fn open(&self, url: &str) -> Result<()> {
        self.driver.goto("about:blank").await?;
        Ok(self.driver.goto(url).await?)
    }

    /// What the address bar holds.
    pub(crate) async fn address(&self) -> Result<String> {
        Ok(self.run("return location.href").await?.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script and gives its result.
    pub(crate) async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute(script.to_owned(), Vec::new()).await?.json().clone())
    }

    /// Runs a script that calls its last argument with the result.
    pub(crate) async fn run_until_done(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute_async(script.to_owned(), Vec::new()).await?.json().clone())
    }

    /// Waits until an element is seen.
    pub(crate) async fn see(&self, css: &str) -> Result<WebElement> {
        let start = tokio::time::Instant::now();
        loop {
            // Between two pages an element may be gone in the moment of asking.
            if let Ok(element) = self.driver.find(By::Css(css.to_owned())).await
                && element.is_displayed().await.unwrap_or(false)
            {
                return Ok(element);
            }
            if start.elapsed() > PATIENCE {
                self.picture("failure").await?;
                bail!("{css} is not seen at {}", self.address().await?);
            }
            tokio::time::sleep(STEP).await;
        }
    }

    /// Clicks an element once it is seen.
    pub(crate) async fn click(&self, css: &str) -> Result<()> {
        Ok(self.see(css).await?.click().await?)
    }

    /// Clicks what leads to another page, and waits until that one is there.
    pub(crate) async fn submit(&self, css: &str) -> Result<()> {
        self.run("window.before = true").await?;
        self.click(css).await?;
        self.arrives(css).await
    }

    /// Waits until the page that `window.before` was set on is left for another; `css` is what led away.
    pub(crate) async fn arrives(&self, css: &str) -> Result<()> {
        let start = tokio::time::Instant::now();
        // Between two pages there is nothing to ask.
        while self.run("return !window.before && document.readyState === 'complete'").await.unwrap_or_default() != true
        {
            ensure!(start.elapsed() < PATIENCE, "{css} leads nowhere from {}", self.address().await?);
            tokio::time::sleep(STEP).await;
        }
        Ok(())
    }

    /// Types into a field.
    pub(crate) async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let field = self.see(css).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Waits until an element is there, seen or not.
    pub(crate) async fn exists(&self, css: &str) -> Result<()> {
        let start = tokio::time::Instant::now();
        while self.driver.find(By::Css(css.to_owned())).await.is_err() {
            if start.elapsed() > PATIENCE {
                self.picture("failure").await?;
                bail!("{css} is not there at {}", self.address().await?);
            }
            tokio::time::sleep(STEP).await;
        }
        Ok(())
    }

    /// Gives a field a value; days and hours as their fields keep them, whatever the browser's language is.
    pub(crate) async fn set(&self, css: &str, value: &str) -> Result<()> {
        let field = self.see(css).await?;
        if matches!(field.attr("type").await?.as_deref(), Some("date" | "time")) {
            let script = format!("document.querySelector({css:?}).value = {value:?}");
            return self.run(&script).await.map(drop);
        }
        field.clear().await?;
        Ok(field.send_keys(value).await?)
    }

    /// Opens the same page again.
    pub(crate) async fn reload(&self) -> Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// A folder of its own.
    pub(crate) fn folder(&self) -> &Path {
        &self.downloads
    }

    /// Chooses a file in a field that need not be seen.
    pub(crate) async fn choose(&self, css: &str, file: &Path) -> Result<()> {
        Ok(self.driver.find(By::Css(css.to_owned())).await?.send_keys(file.to_string_lossy()).await?)
    }

    /// What is readable on the page.
    pub(crate) async fn text(&self) -> Result<String> {
        Ok(self.run("return document.body.innerText").await?.as_str().unwrap_or_default().to_owned())
    }

    /// The browser's cookies, those that scripts cannot see among them.
    pub(crate) async fn cookies(&self) -> Result<Vec<Cookie>> {
        Ok(self.driver.get_all_cookies().await?)
    }

    /// The size of a telephone from now on, with a finger instead of a mouse.
    pub(crate) async fn phone(&self) -> Result<()> {
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            json!({
                "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true,
            }),
        )
        .await
        .map(drop)
    }

    /// The size of a desk's screen from now on.
    pub(crate) async fn desktop(&self) -> Result<()> {
        self.cdp("Emulation.clearDeviceMetricsOverride", json!({})).await.map(drop)
    }

    async fn cdp(&self, command: &str, parameters: Value) -> Result<Value> {
        Ok(self.driver.cdp().send_raw(command, parameters).await?)
    }

    /// A picture of the whole page, under `target/screens`.
    pub(crate) async fn picture(&self, name: &str) -> Result<()> {
        let size = self.run("const e = document.documentElement; return [e.scrollWidth, e.scrollHeight]").await?;
        let clip = json!({"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1});
        let shot = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let shot = self.cdp("Page.captureScreenshot", shot).await?;
        let bytes = data_encoding::BASE64.decode(shot["data"].as_str().unwrap_or_default().as_bytes())?;
        ensure!(bytes.starts_with(b"\x89PNG"), "the picture {name} is none");
        Ok(std::fs::write(self.pictures.join(format!("{name}.png")), bytes)?)
    }

    /// That nothing has to be moved sideways to be read, neither the page nor a table in it.
    pub(crate) async fn fits(&self, name: &str) -> Result<()> {
        let over =
            self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth").await?;
        ensure!(over.as_i64() <= Some(0), "{name} is {over} pixels too wide");
        let cut = "return [...document.querySelectorAll('table')]
            .filter(t => t.getBoundingClientRect().right > document.documentElement.clientWidth).length";
        let cut = self.run(cut).await?;
        ensure!(cut.as_i64() == Some(0), "{name}: {cut} tables are cut at the side");
        Ok(())
    }

    /// Goes on with the tabulator until something has the focus, and sees that it shows it.
    pub(crate) async fn tab_to(&self, css: &str) -> Result<()> {
        for _ in 0..80 {
            self.press(Key::Tab).await?;
            let there = format!("return document.activeElement.matches({css:?})");
            if self.run(&there).await? == true {
                let seen = self.run(FOCUS).await?;
                let contrast = seen.as_f64().unwrap_or_default();
                ensure!(contrast >= CONTRAST, "{css} has the focus and shows it with a contrast of {contrast:.1} to 1");
                return Ok(());
            }
        }
        self.picture("failure").await?;
        bail!("{css} is not reached with the tabulator at {}", self.address().await?)
    }

    /// Presses keys where the focus is.
    pub(crate) async fn press(&self, keys: impl Into<TypingData>) -> Result<()> {
        Ok(self.driver.active_element().await?.send_keys(keys).await?)
    }

    /// That the page comes with one request and weighs little: an old machine at a desk behind a slow line shows it at once.
    pub(crate) async fn light(&self, name: &str) -> Result<()> {
        let script = "return [performance.getEntriesByType('navigation')[0].decodedBodySize,
            performance.getEntriesByType('resource').filter(e => e.initiatorType !== 'fetch' && !e.name.startsWith('data:')).length]";
        let weight = self.run(script).await?;
        let (bytes, others) = (weight[0].as_u64(), weight[1].as_u64());
        ensure!(
            bytes <= Some(PAGE_BYTES) && others == Some(0),
            "{name}: {bytes:?} bytes and {others:?} other requests"
        );
        Ok(())
    }

    /// The page as it is printed, or again as it is on the screen.
    pub(crate) async fn paper(&self, on: bool) -> Result<()> {
        self.cdp("Emulation.setEmulatedMedia", json!({"media": if on { "print" } else { "" }})).await.map(drop)
    }

    /// That the page is in one language: whatever of ours says the same in both shows one. What the patient wrote, the reader's mark
    /// and the names of the languages stay. A page where nothing can be chosen fails.
    pub(crate) async fn speaks(&self, language: &str, name: &str) -> Result<()> {
        let other = if language == "ko" { "en" } else { "ko" };
        let chosen = format!("[data-language={language}][aria-pressed=true]");
        self.see(&chosen).await.with_context(|| format!("{name} is not in the language that was chosen"))?;
        let script = format!(
            "return [...document.querySelectorAll('[lang={other}]:not(.always)')]
                .filter(e => e.offsetParent !== null && e.innerText.trim() !== '').map(e => e.innerText)"
        );
        let shown = self.run(&script).await?;
        ensure!(shown == json!([]), "{name} shows the other language, too: {shown}");
        Ok(())
    }

    /// Looks at the page with axe-core's default rules and takes a picture of it.
    pub(crate) async fn accessible(&self, name: &str) -> Result<()> {
        self.picture(name).await?;
        self.driver.execute(AXE, Vec::new()).await?;
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then(
                (result) => done({rules: result.passes.length, found: result.violations.map((rule) => rule.id + ': '
                    + rule.nodes.map((node) => node.target.join(' ') + ' (' + node.failureSummary + ')').join('; '))}),
                (error) => done({rules: 0, found: [String(error)]}));";
        let outcome = self.run_until_done(script).await?;
        ensure!(outcome["found"] == json!([]), "axe-core on {name}: {:#}", outcome["found"]);
        ensure!(outcome["rules"].as_u64() >= Some(10), "axe-core looked at nothing on {name}");
        Ok(())
    }

    /// Waits for a download and gives its path.
    pub(crate) async fn download(&self, name: &str) -> Result<PathBuf> {
        let path = self.downloads.join(name);
        let start = tokio::time::Instant::now();
        // The name is given to the file when it is complete.
        while !path.exists() {
            ensure!(start.elapsed() < PATIENCE, "no download {name} came");
            tokio::time::sleep(STEP).await;
        }
        Ok(path)
    }

    /// The requests since this was asked before, as the browser's network log has them.
    pub(crate) async fn requests(&self) -> Result<Vec<Value>> {
        let mut requests = Vec::new();
        for entry in self.log("performance").await? {
            let event: Value = serde_json::from_str(&entry)?;
            let (method, parameters) = (&event["message"]["method"], &event["message"]["params"]);
            if method == "Network.requestWillBeSent" {
                requests.push(parameters["request"].clone());
            } else if method == "Network.webSocketCreated" {
                requests.push(parameters.clone());
            }
        }
        Ok(requests)
    }

    /// What the console complained about since this was asked before: refused by the policy, errors of scripts.
    pub(crate) async fn complaints(&self) -> Result<Vec<String>> {
        let mut all = self.log("browser").await?;
        // Pages that are refused on purpose are 404s, and forms 422s.
        // What a closed session asks the browser to forget, Chromium tells as a warning.
        let expected = ["status of 404", "status of 422", "Cleared data types"];
        all.retain(|line| !expected.iter().any(|known| line.contains(known)));
        Ok(all)
    }

    async fn log(&self, name: &str) -> Result<Vec<String>> {
        Ok(self.driver.get_log(name).await?.into_iter().map(|entry| entry.message).collect())
    }
}

/// The machine's fonts and the letter's: a bare machine has none for Korean, and its pages would be boxes.
fn fonts(profile: &Path) -> Result<PathBuf> {
    let path = profile.join("fonts.conf");
    let letter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/documents/assets/fonts").canonicalize()?;
    let text = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig>\
         <include ignore_missing=\"yes\">/etc/fonts/fonts.conf</include><dir>{}</dir></fontconfig>",
        letter.display()
    );
    std::fs::write(&path, text)?;
    Ok(path)
}

fn answers(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}

fn program(name: &str) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.with_context(|| {
        format!("no {name} on PATH (Debian: apt-get install --no-install-recommends chromium chromium-driver)")
    })
}
