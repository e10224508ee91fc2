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
for (const button of all('[data-language]')) {
  button.addEventListener('click', () => speak(button.dataset.language));
}
speak(/^ko\b/i.test(navigator.language || '') ? 'ko' : 'en');
byId('languages').hidden = false;
function say(place, name) {
  for (const message of all('#error [data-message], #status [data-message]')) {
    message.hidden = !(message.dataset.message === name && message.parentElement.id === place);
  }
}
