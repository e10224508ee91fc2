const cut = location.pathname.lastIndexOf(kind.path) + kind.path.length;
const base = location.pathname.slice(0, cut);
const tail = location.pathname.slice(cut);
// Mail gateways write the fragment's # as %23, some of them twice: then the secret stands in the path.
const split = tail.match(/^([^%#]*)(?:%(?:25)*23)([\s\S]*)$/i);
let id = split ? split[1] : tail;
let secret = secretIn(location.hash) || (split ? secretIn(split[2]) : '');
history.replaceState(null, '', base + id);

function secretIn(text) {
  const found = text.toLowerCase().match(/(?:^|[^a-z2-7])([a-z2-7]{52})(?![a-z2-7])/);
  return found ? found[1] : '';
}
function show(step) {
  for (const name of ['paste', 'ask', 'enter']) byId(name).hidden = name !== step;
  byId('steps').hidden = step === 'paste' || step === 'gone';
  let before = true;
  for (const item of all('[data-step]')) {
    const now = item.dataset.step === step;
    if (now) item.setAttribute('aria-current', 'step'); else item.removeAttribute('aria-current');
    if (now) before = false;
    item.classList.toggle('done', before);
  }
}
// Which code the link asks for: the eight digits of a mail, or ten characters that were told by phone.
const forms = {mail: /^[0-9]{8}$/, phone: /^[0-9A-Za-z]{10}$/};
let by = 'mail';
function expect(way) {
  by = way;
  for (const part of all('[data-by]')) part.hidden = part.dataset.by !== by;
  byId('code').inputMode = by === 'phone' ? 'text' : 'numeric';
}
let busy = false;
async function during(buttons, work) {
  if (busy) return;
  busy = true;
  for (const button of buttons) button.setAttribute('aria-disabled', 'true');
  try { await work(); } finally {
    busy = false;
    for (const button of buttons) button.removeAttribute('aria-disabled');
  }
}
function fail(name) {
  say('error', name);
  byId('error').focus();
}
let pastedIn = false;
function gone() {
  show(pastedIn ? 'paste' : 'gone');
  fail('gone');
}
function sendCode(button) {
  return during([button], async () => {
    say('status', 'sending');
    const response = await post(base + id + '/code', {secret});
    if (response && response.status === 202) {
      const ordered = await response.json().catch(() => ({}));
      expect(ordered.by === 'phone' ? 'phone' : 'mail');
      show('enter');
      say('status', by === 'phone' ? 'told' : 'sent');
      byId('code').value = '';
      byId('code').focus();
    } else if (response && (response.status === 404 || response.status === 422)) gone();
    else fail(response && response.status === 429 ? 'many' : 'failed');
  });
}
byId('send').addEventListener('click', () => sendCode(byId('send')));
byId('resend').addEventListener('click', () => sendCode(byId('resend')));
byId('paste').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = byId('pasted').value.replace(/\s+/g, '');
  const link = text.match(kind.link);
  const found = secretIn(link ? text.slice(link.index + link[0].length) : text);
  byId('pasted').setAttribute('aria-invalid', String(!found));
  if (!found) {
    say('error', 'pasted');
    byId('pasted').focus();
    return;
  }
  secret = found;
  pastedIn = true;
  byId('pasted').value = '';
  if (link) {
    id = link[1].toLowerCase();
    history.replaceState(null, '', base + id);
  }
  say('', '');
  show('ask');
  byId('ask-title').focus();
});
byId('enter').addEventListener('submit', (event) => {
  event.preventDefault();
  const field = byId('code');
  const code = field.value.replace(/[\s-]+/g, '').normalize('NFKC');
  const right = forms[by].test(code);
  field.setAttribute('aria-invalid', String(!right));
  if (!right) {
    say('error', by === 'phone' ? 'characters' : 'digits');
    field.focus();
    return;
  }
  during([event.submitter || byId('enter').querySelector('button')], async () => {
    say('status', 'opening');
    const response = await post(base + id + kind.action, {secret, code});
    if (response && response.ok) {
      show('read');
      await kind.opened(response, base + id);
    } else if (response && response.status === 404) {
      field.setAttribute('aria-invalid', 'true');
      say('error', by === 'phone' ? 'wrong-told' : 'wrong');
      field.select();
      field.focus();
    } else fail(response && response.status === 429 ? 'many' : 'failed');
  });
});
show(secret ? 'ask' : 'paste');
