const dayMs = 24 * 3_600_000;
/** A reader asks again long before; RFC 9116 advises less than a year. */
const expiresDays = 180;

/**
 * The security.txt of RFC 9116. `contact`: an address of mail, or a URI; `address`: of the service, without a slash at its end. It
 * expires half a year from the day of `now`, so that a copy that nobody renews is seen to be old.
 */
export function securityText(contact: string, address: string, now: number): string {
  const expires = new Date(now - (now % dayMs) + expiresDays * dayMs).toISOString();
  return [
    `Contact: ${contact.includes(':') ? contact : `mailto:${contact}`}`,
    `Expires: ${expires}`,
    'Preferred-Languages: en',
    `Canonical: ${address}/.well-known/security.txt`,
    '',
  ].join('\n');
}
