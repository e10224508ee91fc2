async function post(address, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 20000);
  try {
    return await fetch(address, {
      method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(body), signal: stop.signal,
      cache: 'no-store', credentials: 'same-origin', redirect: 'error', referrerPolicy: 'no-referrer',
    });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
