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
  for (const row of all('[data-file]')) watch(row, row.dataset.file, false);
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
  const row = byId('newest').cloneNode(true);
  const {id, number, kind, bytes} = await sent.json();
  row.removeAttribute('id');
  row.firstElementChild.textContent = number + '. ' + kind.toUpperCase() + ', ' + Math.ceil(bytes / 1024) + ' KiB';
  row.hidden = false;
  byId('newest').before(row);
  watch(row, id, true);
}
// Asks until it is known how the check ends, and says it in the file's row. Only what was brought on this page is ticked by itself.
async function watch(row, id, ticked) {
  tell('checking');
  for (let tries = 0; tries < 60; tries += 1) {
    await new Promise((done) => setTimeout(done, 1000));
    const seen = await ask('files/' + id, {});
    if (seen && seen.status === 404) break;
    if (!seen || !seen.ok) continue;
    const {state, number, kind} = await seen.json();
    if (!stands(row, state)) continue;
    if (state === 'released') return offer(id, '#' + number + ' ' + kind.toUpperCase(), ticked);
    return tell(state === 'refused' ? 'refused' : '');
  }
  tell('later');
}
// Whether the check has ended.
function stands(row, state) {
  const shown = row.querySelector('[data-standing=' + state + ']');
  if (!shown || state === 'quarantined') return false;
  for (const other of row.querySelectorAll('[data-standing]')) other.hidden = other !== shown;
  return true;
}
function wrong(problem) {
  tell('bundle');
  const places = byId('places');
  places.textContent = (problem.errors || []).slice(0, 5).map((error) => error.pointer + ' (' + error.code + ')').join(', ');
  places.hidden = false;
}
function offer(id, name, ticked) {
  tell('kept');
  for (const list of all('[data-files]')) {
    const [item, label, box, text] = ['li', 'label', 'input', 'span'].map((part) => document.createElement(part));
    label.className = 'tick';
    Object.assign(box, {type: 'checkbox', name: 'files', value: id, checked: ticked});
    text.textContent = name;
    label.append(box, text);
    item.append(label);
    list.append(item);
  }
}
