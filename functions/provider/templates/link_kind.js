const kind = {
  path: '/r/',
  link: /\/r\/([a-z2-7]{26})(?:%(?:25)*23|#)/i,
  action: '/unlock',
  async opened(response, address) { location.replace(address + '/referral'); },
};
