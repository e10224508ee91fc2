const keys = JSON.parse(byId('keys').textContent).keys;
const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});
byId('choose').hidden = false;

function refuse(why) {
  throw Object.assign(new Error(why), {why});
}
function members(value) {
  if (value === null || typeof value !== 'object') return 0;
  const inside = Object.values(value).reduce((sum, part) => sum + members(part), 0);
  return inside + (Array.isArray(value) ? 0 : Object.keys(value).length);
}
// Of two members with one name programs take the last and people read the first: neither is taken here.
function once(text, why) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    refuse(why);
  }
  const colons = text.replace(/"(?:[^"\\]|\\.)*"/g, '').split(':').length - 1;
  if (colons !== members(value)) refuse(why);
  return value;
}
function named(value, names) {
  return value !== null && typeof value === 'object' && Object.keys(value).sort().join() === names;
}
function same(one, other) {
  if (one === other) return true;
  if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object') return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]));
}
function bytes(part) {
  if (!/^[A-Za-z0-9_-]+$/.test(part) || part.length % 4 === 1) refuse('jws');
  return Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
}
function content(part) {
  let text;
  try {
    text = decoder.decode(bytes(part));
  } catch {
    refuse('jws');
  }
  return once(text, 'jws');
}
async function verify(text) {
  const file = once(text, 'file');
  const proof = named(file, 'certificate,jws');
  if (!proof && !named(file, 'jws,receipt') || typeof file.jws !== 'string') refuse('file');
  const parts = file.jws.split('.');
  if (parts.length !== 3) refuse('jws');
  const header = content(parts[0]);
  if (!header || header.alg !== 'ES256') refuse('algorithm');
  if (!named(header, 'alg,kid,typ')) refuse('jws');
  if (header.typ !== (proof ? 'medius-destruction-certificate+jws' : 'medius-consent-receipt+jws')) refuse('kind');
  const signature = bytes(parts[2]);
  if (signature.length !== 64) refuse('jws');
  const jwk = keys.find((key) => key.kid === header.kid);
  if (!jwk) refuse('key');
  const {kty, crv, x, y} = jwk;
  const key = await crypto.subtle.importKey('jwk', {kty, crv, x, y}, {name: 'ECDSA', namedCurve: 'P-256'}, false, ['verify']);
  const input = new TextEncoder().encode(parts[0] + '.' + parts[1]);
  if (!await crypto.subtle.verify({name: 'ECDSA', hash: 'SHA-256'}, key, signature, input)) refuse('signature');
  const signed = content(parts[1]);
  if (!same(signed, proof ? file.certificate : file.receipt)) refuse('readable');
  return {signed, kid: jwk.kid, proof};
}

const clock = new Intl.DateTimeFormat('sv-SE', {dateStyle: 'short', timeStyle: 'medium', timeZone: 'Asia/Seoul'});
const local = (time) => clock.format(new Date(time)) + ' KST';
function put(id, text) {
  byId(id).textContent = text || '';
  byId(id).hidden = !text;
  for (const label of all('[data-only=' + id + ']')) label.hidden = !text;
}
function showProof({signed, kid}) {
  const {destroyed_at, irrecoverable_at} = signed.period;
  put('destroyed', local(destroyed_at));
  put('final', irrecoverable_at ? local(irrecoverable_at) : '');
  put('case', signed.case_id);
  put('subject', signed.subject_hmac);
  put('holders', signed.third_parties.map((one) => one.name + ' (' + local(one.provided_at) + ')').join(' · '));
  put('kept', signed.kept.map((one) => one.what + ': ' + one.statute + ', ' + local(one.until)).join(' · '));
  put('signer', kid);
  byId('proof').hidden = false;
}
function show({signed, kid}) {
  const decided = signed.events[1];
  const processing = signed.pii_processing;
  const until = (decided.validity_duration || '').split('/')[1];
  for (const state of all('[data-state]')) state.hidden = state.dataset.state !== decided.event_state;
  put('when', local(decided.event_time));
  put('until', until && until !== '..' ? local(until) : '');
  put('institution', (signed.party_identification[1] || {}).party_name);
  put('parts', processing.purposes[0].pii_information.map((part) => part.description).join(' · '));
  put('principal', signed.pii_principal_id);
  put('record', signed.record_id);
  put('kid', kid);
  const words = byId('words');
  const add = (name, text, strong) => {
    const element = document.createElement(name);
    element.textContent = text;
    if (strong) element.className = 'strong';
    words.append(element);
  };
  words.lang = processing.language;
  words.replaceChildren();
  add('h2', processing.privacy_notice.title);
  for (const passage of processing.privacy_notice.elements) {
    add('h3', passage.heading);
    add('p', passage.text, passage.emphasis);
  }
  for (const id of ['institution', 'parts']) byId(id).lang = processing.language;
  byId('result').hidden = false;
}
async function check(text) {
  byId('result').hidden = true;
  byId('proof').hidden = true;
  try {
    const verified = await verify(text);
    if (verified.proof) showProof(verified);
    else show(verified);
    say('status', 'verified');
  } catch (error) {
    say('error', error.why || 'failed');
  }
}
async function checkFile(file) {
  if (!file) return;
  byId('result').hidden = true;
  byId('proof').hidden = true;
  if (file.size > 1024 * 1024) return say('error', 'large');
  let text;
  try {
    text = decoder.decode(await file.arrayBuffer());
  } catch {
    return say('error', 'file');
  }
  await check(text);
}
byId('file').addEventListener('change', () => {
  checkFile(byId('file').files[0]);
  byId('file').value = '';
});
byId('check').addEventListener('click', () => check(byId('paste').value));
const drop = byId('drop');
for (const name of ['dragover', 'dragleave', 'drop']) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', name === 'dragover');
    if (name === 'drop') checkFile(event.dataTransfer.files[0]);
  });
}
