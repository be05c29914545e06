import { isLoopbackHost } from '../values/network-address.js';
import type { Rule } from './rule.js';

/** Security events leave this machine over TLS alone. */
export const siemEncrypted: Rule = (settings, result) => {
  const text = settings.SIEM_URL?.reveal();
  if (text === undefined) return;
  const url = new URL(text);
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    result.refuse(
      'SIEM_URL',
      'would send security events without TLS',
      'Write https:// or syslog+tls://; http:// is for this machine alone.',
    );
  }
  if (url.protocol !== 'syslog+tls:') return;
  const rest = `${url.username}${url.password}${url.pathname.replace(/^\/$/, '')}${url.search}${url.hash}`;
  if (rest !== '') {
    result.refuse('SIEM_URL', 'has more than host and port', 'Write syslog+tls://host:6514.');
  }
};
