const cut = location.pathname.lastIndexOf('/d/') + 3;
const base = location.pathname.slice(0, cut);
const [number, behind] = location.pathname.slice(cut).split(/%(?:25)*23/i);
const printed = ((location.hash || behind || '').match(/[0-9a-f]{64}/i) || [''])[0].toLowerCase();
history.replaceState(null, '', base + number);

const plausible = /^MDS-[0-9]{4}-[0-9A-Z]{8}$/i.test(number);
byId('number').textContent = plausible ? number.toUpperCase() : '';
byId('document').hidden = !plausible;
byId('choose').hidden = false;

async function check(sha256, asPrinted) {
  byId('signature').hidden = true;
  say('status', 'checking');
  const response = await post(base + number + '/verify', {sha256});
  const answer = response && response.ok ? await response.json().catch(() => null) : null;
  if (!answer) return say('error', 'failed');
  if (answer.result !== 'verified') return say('error', 'not-verified');
  const when = new Intl.DateTimeFormat('sv-SE', {dateStyle: 'short', timeStyle: 'short', timeZone: 'Asia/Seoul'});
  for (const place of all('.issued')) place.textContent = when.format(new Date(answer.issued_at)) + ' KST';
  say('status', asPrinted ? 'printed' : answer.kind);
  const by = answer.signature;
  byId('signature').hidden = !by;
  if (by) {
    byId('signer').textContent = by.name;
    byId('licence').textContent = by.licence;
    byId('profession-ko').textContent = by.profession_ko;
    byId('profession-en').textContent = by.profession_en;
    byId('signed-at').textContent = when.format(new Date(by.signed_at)) + ' KST';
    byId('signed-file').textContent = by.file;
  }
}
async function checkFile(file) {
  if (!file) return;
  if (file.size > 20 * 1024 * 1024) return say('error', 'large');
  try {
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
    await check(Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join(''), false);
  } catch {
    say('error', 'failed');
  }
}
byId('file').addEventListener('change', () => {
  checkFile(byId('file').files[0]);
  byId('file').value = '';
});
const drop = byId('drop');
for (const name of ['dragover', 'dragleave', 'drop']) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', name === 'dragover');
    if (name === 'drop') checkFile(event.dataTransfer.files[0]);
  });
}
if (printed) check(printed, true);
