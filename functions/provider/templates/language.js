'use strict';
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const all = (selector) => document.querySelectorAll(selector);
function speak(language) {
  root.lang = language;
  root.dataset.show = language;
  for (const button of all('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === language));
  }
}
// For this tab only: nothing else is ever kept there.
function remembered(language) {
  try {
    if (language) sessionStorage.setItem('language', language);
    return sessionStorage.getItem('language');
  } catch {
    return null;
  }
}
for (const button of all('[data-language]')) {
  button.addEventListener('click', () => speak(remembered(button.dataset.language) || button.dataset.language));
}
speak(remembered() || (/^ko\b/i.test(navigator.language || '') ? 'ko' : 'en'));
byId('languages').hidden = false;
function say(place, name) {
  for (const message of all('#error [data-message], #status [data-message]')) {
    message.hidden = !(message.dataset.message === name && message.parentElement.id === place);
  }
}
