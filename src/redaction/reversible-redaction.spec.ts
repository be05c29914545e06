import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RestoredStream, ReversibleRedaction } from './reversible-redaction.js';

const prompt = 'I am ada@example.com, not bob@example.com; call +49 30 901820. Once more: ada@example.com.';

function redacted(): { redaction: ReversibleRedaction; text: string } {
  const redaction = new ReversibleRedaction();
  return { redaction, text: redaction.redact(prompt) };
}

describe('a redaction that is mapped back', () => {
  it('gives the same value the same token, and another value another one', () => {
    expect(redacted().text).toBe(
      'I am [EMAIL_REDACTED_1], not [EMAIL_REDACTED_2]; call [PHONE_REDACTED_3]. Once more: [EMAIL_REDACTED_1].',
    );
  });

  it('puts the values back', () => {
    const { redaction, text } = redacted();
    expect(redaction.restore(text)).toBe(prompt);
  });

  it.each([
    '[EMAIL_REDACTED_9]',
    '[EMAIL_REDACTED]',
    '[email_redacted_1]',
    '[PHONE_REDACTED_1]',
    '[EMAIL_REDACTED_1',
  ])('leaves %s, which stands for no value', (token) => {
    expect(redacted().redaction.restore(token)).toBe(token);
  });

  it('knows no values of another request', () => {
    const { text } = redacted();
    expect(new ReversibleRedaction().restore(text)).toBe(text);
  });

  it('leaves what looked like a token in the request', () => {
    const redaction = new ReversibleRedaction();
    const text = redaction.redact('what is [EMAIL_REDACTED_1]? I am ada@example.com');
    expect(text).toBe('what is [EMAIL_REDACTED_1]? I am [EMAIL_REDACTED_2]');
    expect(redaction.restore(text)).toBe('what is [EMAIL_REDACTED_1]? I am ada@example.com');
  });

  it('writes a value of several lines so that JSON stays JSON', () => {
    const redaction = new ReversibleRedaction();
    const pem = `-----BEGIN PRIVATE KEY-----\n${'a1B2c3D4'.repeat(8)}\n-----END PRIVATE KEY-----`;
    const input = JSON.stringify({ key: redaction.redact(pem) });
    expect(JSON.parse(redaction.restore(input, 'json'))).toEqual({ key: pem });
  });

  it('puts the values back however the text is cut in pieces, and holds nothing back at the end', () => {
    const { redaction, text } = redacted();
    const answer = `${text} [ and [x] and [EMAIL_REDACTED_1][EMAIL_REDACTED_2] and [EMAIL_`;
    const whole = redaction.restore(answer);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 60 }), (lengths) => {
        const stream = new RestoredStream(redaction, 'text');
        let shown = '';
        let at = 0;
        for (const length of [...lengths, answer.length]) {
          shown += stream.take(answer.slice(at, at + length));
          at += length;
        }
        expect(shown + stream.end()).toBe(whole);
      }),
    );
  });

  it('makes only what may be a token wait', () => {
    const stream = new RestoredStream(redacted().redaction, 'text');
    expect(
      ['a [', 'b] ', `[${'c'.repeat(60)}`, ' [EMAIL_REDACTED_', '1]'].map((piece) => stream.take(piece)),
    ).toEqual(['a ', '[b] ', `[${'c'.repeat(60)}`, ' ', 'ada@example.com']);
  });
});
