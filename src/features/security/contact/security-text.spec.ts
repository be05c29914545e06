import { describe, expect, it } from '@jest/globals';
import { securityText } from './security-text.js';

const at = Date.UTC(2026, 10, 28, 17, 0, 0);

describe('security.txt', () => {
  it('names whom to tell, until when that holds, and where it stands', () => {
    expect(securityText('security@example.com', 'https://api.example.com', at)).toBe(
      [
        'Contact: mailto:security@example.com',
        'Expires: 2027-05-27T00:00:00.000Z',
        'Preferred-Languages: en',
        'Canonical: https://api.example.com/.well-known/security.txt',
        '',
      ].join('\n'),
    );
  });

  it('takes the address of a page as it is', () => {
    expect(securityText('https://example.com/report', 'https://api.example.com', at)).toContain(
      'Contact: https://example.com/report\n',
    );
  });
});
