//! A text that lacks something does not build: every text is broken in every way, one at a time.

use crate::{every_text, source, texts};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A copy of the texts that may be broken.
struct Broken(PathBuf);

impl Broken {
    fn new(test: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        for file in every_text().keys() {
            let to = root.join("consent-texts").join(file);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(source().join(file), to).unwrap();
        }
        Self(root)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.join("consent-texts").join(file)
    }

    fn restore(&self, file: &str) {
        fs::copy(source().join(file), self.path(file)).unwrap();
    }

    fn edit(&self, file: &str, change: impl FnOnce(&mut Value)) {
        let mut text = serde_json::from_str(&fs::read_to_string(self.path(file)).unwrap()).unwrap();
        change(&mut text);
        fs::write(self.path(file), text.to_string()).unwrap();
    }

    /// What the build's check says; every file is as it was before the next change.
    #[track_caller]
    fn refuses(&self, names: &str, because: &str) {
        let error = texts::check(&self.0.join("consent-texts")).expect_err(because);
        assert!(error.contains(&format!("consent-texts/{names}")) && error.contains(because), "{names}: {error}");
    }

    /// Changes a file, sees the check name it, and undoes the change.
    #[track_caller]
    fn edited(&self, file: &str, because: &str, change: impl FnOnce(&mut Value)) {
        self.edit(file, change);
        self.refuses(file, because);
        self.restore(file);
    }

    /// Runs the compiled build script as cargo would.
    fn build(&self) -> Output {
        let out = self.0.join("out");
        fs::create_dir_all(&out).unwrap();
        Command::new(env!("CONSENT_TEXTS_BUILD_SCRIPT")).current_dir(&self.0).env("OUT_DIR", out).output().unwrap()
    }
}

/// The elements of a file's item.
fn required(file: &str) -> &'static [texts::Required] {
    let code = file.split('/').next().unwrap();
    texts::ITEMS.iter().find(|(item, _)| *item == code).unwrap().1
}

#[test]
fn no_element_of_any_text_can_be_removed_moved_emptied_or_renamed() {
    let broken = Broken::new("elements");
    for file in every_text().keys() {
        for (index, element) in required(file).iter().enumerate() {
            let elements = |text: &mut Value| text["elements"].as_array_mut().unwrap().clone();
            broken.edited(file, "the elements must be", |text| {
                text["elements"].as_array_mut().unwrap().remove(index);
            });
            broken.edited(file, "the elements must be", |text| {
                let count = elements(text).len();
                text["elements"].as_array_mut().unwrap().swap(index, (index + 1) % count);
            });
            broken.edited(file, "the elements must be", |text| {
                let twice = elements(text)[index].clone();
                text["elements"].as_array_mut().unwrap().push(twice);
            });
            broken.edited(file, "the elements must be", |text| text["elements"][index]["element"] = "other".into());
            let empty = format!("{} is empty", element.name);
            broken.edited(file, &empty, |text| text["elements"][index]["text"] = " ".into());
            broken.edited(file, &empty, |text| text["elements"][index]["heading"] = "".into());
            broken.edited(file, "missing field", |text| {
                text["elements"][index].as_object_mut().unwrap().remove("emphasis");
            });
            broken.edited(file, "unknown field", |text| text["elements"][index]["note"] = "more".into());
        }
        for key in ["title", "grant", "refuse"] {
            broken.edited(file, &format!("{key} is empty"), |text| text[key] = "".into());
            broken.edited(file, "missing field", |text| {
                text.as_object_mut().unwrap().remove(key);
            });
        }
        broken.edited(file, "unknown field", |text| text["marketing"] = "yes".into());
    }
}

#[test]
fn emphasis_that_the_law_asks_for_cannot_be_lost_and_is_the_same_in_both_languages() {
    let broken = Broken::new("emphasis");
    for file in every_text().keys() {
        for (index, element) in required(file).iter().enumerate() {
            let change = |text: &mut Value| {
                let now = text["elements"][index]["emphasis"].as_bool().unwrap();
                text["elements"][index]["emphasis"] = (!now).into();
            };
            broken.edit(file, change);
            let error = texts::check(&broken.0.join("consent-texts")).unwrap_err();
            assert!(error.contains(file.as_str()), "{error}");
            if element.emphasised {
                // Lost in both languages at once: the law still asks for it.
                let (version, language) = file.rsplit_once('/').unwrap();
                let other = format!("{version}/{}", if language == "ko.json" { "en.json" } else { "ko.json" });
                broken.edit(&other, change);
                let error = texts::check(&broken.0.join("consent-texts")).unwrap_err();
                assert!(error.ends_with(&format!("{} must be emphasised", element.name)), "{error}");
                broken.restore(&other);
            }
            broken.restore(file);
        }
    }
}

#[test]
fn placeholders_cannot_be_lost_added_or_broken() {
    let broken = Broken::new("placeholders");
    for file in every_text().keys() {
        for (index, element) in required(file).iter().enumerate() {
            let edit = |because: &str, from: &str, to: &str| {
                broken.edited(file, because, |text| {
                    let words = text["elements"][index]["text"].as_str().unwrap();
                    text["elements"][index]["text"] = format!("{words} ").replace(from, to).into();
                });
            };
            for name in element.placeholders {
                edit("must leave open", &format!("{{{name}}}"), "Example Hospital");
                edit("must leave open", &format!("{{{name}}}"), "{nobody}");
            }
            edit("must leave open", " ", " {more} ");
            edit("a brace stands alone", " ", " { ");
            edit("a brace stands alone", " ", " } ");
        }
        broken.edited(file, "only passages have placeholders", |text| text["title"] = "{recipient}".into());
    }
}

#[test]
fn no_language_no_version_and_no_item_can_be_missing_or_unknown() {
    let broken = Broken::new("files");
    for file in every_text().keys() {
        fs::remove_file(broken.path(file)).unwrap();
        broken.refuses(file, "is missing");
        fs::write(broken.path(file), "{").unwrap();
        broken.refuses(file, "EOF");
        fs::write(broken.path(file), fs::read_to_string(source().join(file)).unwrap().replace('\n', "\r\n")).unwrap();
        broken.refuses(file, "line feed");
        broken.restore(file);
    }
    for (item, count) in texts::check(&source()).unwrap() {
        let rename = |from: &str, to: &str| fs::rename(broken.path(from), broken.path(to)).unwrap();
        let (last, beyond) = (format!("{item}/{count}"), format!("{item}/{}", count + 1));
        rename(&last, &beyond);
        broken.refuses(&last, "is missing");
        rename(&beyond, &last);
        let padded = format!("{item}/0{count}");
        rename(&last, &padded);
        broken.refuses(&last, "is missing");
        rename(&padded, &last);
        rename(item, "Z9");
        broken.refuses(item, "is missing");
        rename("Z9", item);
        let stray = format!("{item}/{count}/ja.json");
        fs::write(broken.path(&stray), "{}").unwrap();
        broken.refuses(&stray, "does not belong here");
        fs::remove_file(broken.path(&stray)).unwrap();
        let away = broken.0.join("away");
        fs::rename(broken.path(item), &away).unwrap();
        fs::create_dir(broken.path(item)).unwrap();
        broken.refuses(&format!("{item}/1"), "is missing");
        fs::remove_dir(broken.path(item)).unwrap();
        fs::rename(&away, broken.path(item)).unwrap();
    }
    fs::create_dir(broken.path("Z9")).unwrap();
    broken.refuses("Z9", "does not belong here");
}

#[test]
fn the_build_itself_fails_on_a_broken_text_and_names_it() {
    let broken = Broken::new("build");
    let whole = broken.build();
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    let list = fs::read_to_string(broken.0.join("out/consent_texts.rs")).unwrap();
    assert!(every_text().keys().all(|file| list.contains(&format!("/consent-texts/{file}\""))));

    let fails = |file: &str| {
        let output = broken.build();
        assert_eq!(output.status.code(), Some(1), "{file} is broken and the build does not fail");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("consent-texts/{file}")), "{file}: {said}");
    };
    for (item, count) in texts::check(&source()).unwrap() {
        for language in ["ko", "en"] {
            let file = format!("{item}/{count}/{language}.json");
            broken.edit(&file, |text| {
                text["elements"].as_array_mut().unwrap().pop();
            });
            fails(&file);
            fs::remove_file(broken.path(&file)).unwrap();
            fails(&file);
            broken.restore(&file);
        }
    }
    assert!(broken.build().status.success());
}
