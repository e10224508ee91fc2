// What was sent once is not sent again by a second click.
for (const form of all('form.answer')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
    for (const button of form.querySelectorAll('button')) button.setAttribute('aria-disabled', 'true');
  });
}
const banner = byId('banner');
if (banner) (document.querySelector('[aria-invalid=true]') || banner).focus();
// The reader's own hour, where it is not Seoul's.
for (const place of all('[data-at]')) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && zone !== 'Asia/Seoul') {
    const at = new Date(place.dataset.at);
    place.textContent = at.toLocaleString([], {dateStyle: 'medium', timeStyle: 'short', timeZone: zone}) + ' ' + zone;
    place.hidden = false;
  }
}
byId('print').hidden = false;
byId('print').addEventListener('click', () => print());
const field = byId('file');
if (field) {
  byId('bring').hidden = false;
  field.addEventListener('change', () => field.files[0] && bring(field.files[0]));
}
function tell(name) {
  byId('places').hidden = true;
  for (const message of all('#bringing [data-message]')) message.hidden = message.dataset.message !== name;
}
async function ask(address, options) {
  try {
    return await fetch(address, {cache: 'no-store', credentials: 'same-origin', redirect: 'error', referrerPolicy: 'no-referrer', ...options});
  } catch {
    return null;
  }
}
async function bring(file) {
  field.value = '';
  if (file.size > 4194304) return tell('large');
  tell('sending');
  // Browsers call a Bundle JSON, if they call it anything.
  const fhir = /json$/.test(file.type) || /\.json$/i.test(file.name);
  const sent = await ask('files', {method: 'POST', headers: {
    'content-type': fhir ? 'application/fhir+json' : file.type || 'application/octet-stream', 'idempotency-key': crypto.randomUUID(),
  }, body: file});
  if (fhir && sent && sent.status === 422) return wrong(await sent.json());
  if (!sent || sent.status !== 201) return tell(sent && sent.status === 422 ? 'kind' : sent && sent.status === 409 ? 'many' : 'failed');
  const {id, number} = await sent.json();
  tell('checking');
  for (let tries = 0; tries < 60; tries += 1) {
    await new Promise((done) => setTimeout(done, 1000));
    const seen = await ask('files/' + id, {});
    const state = seen && seen.ok ? (await seen.json()).state : '';
    if (state === 'released') return offer(id, number);
    if (state === 'refused') return tell('refused');
  }
  tell('later');
}
function wrong(problem) {
  tell('bundle');
  const places = byId('places');
  places.textContent = (problem.errors || []).slice(0, 5).map((error) => error.pointer + ' (' + error.code + ')').join(', ');
  places.hidden = false;
}
function offer(id, number) {
  tell('kept');
  const row = byId('checked').cloneNode(true);
  row.removeAttribute('id');
  row.hidden = false;
  row.firstElementChild.textContent = number + '.';
  byId('checked').before(row);
  for (const list of all('[data-files]')) {
    const [item, label, box, text] = ['li', 'label', 'input', 'span'].map((name) => document.createElement(name));
    label.className = 'tick';
    Object.assign(box, {type: 'checkbox', name: 'files', value: id, checked: true});
    text.textContent = '#' + number;
    label.append(box, text);
    item.append(label);
    list.append(item);
  }
}
