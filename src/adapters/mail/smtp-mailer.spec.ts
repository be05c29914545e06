import { describe, expect, it } from '@jest/globals';
import { SmtpServer } from '../../../test/support/process/smtp-server.js';
import { Secret } from '../../../config/values/secret.js';
import { SmtpMailer, smtpOptions } from './smtp-mailer.js';

describe('the mail server of an SMTP_URL', () => {
  it.each([
    ['smtp://mail.example.com', { port: 587, secure: false, requireTLS: true }],
    ['smtps://mail.example.com', { port: 465, secure: true, requireTLS: false }],
    ['smtp://mail.example.com:2525', { port: 2525, secure: false, requireTLS: true }],
    ['smtp://192.0.2.1', { port: 587, secure: false, requireTLS: true }],
    ['smtp://127.0.0.1:1025', { port: 1025, secure: false, requireTLS: false }],
    ['smtp://localhost:1025', { port: 1025, secure: false, requireTLS: false }],
    ['smtp://localhost.example.com', { port: 587, secure: false, requireTLS: true }],
  ])('%s is reached with %p', (url, options) => {
    expect(smtpOptions(new URL(url))).toMatchObject(options);
  });

  it('is given the credentials as they were before the address encoded them', () => {
    expect(smtpOptions(new URL('smtps://some%40body:p%2Fss%3A@mail.example.com')).auth).toEqual({
      user: 'some@body',
      pass: 'p/ss:',
    });
    expect(smtpOptions(new URL('smtps://mail.example.com'))).not.toHaveProperty('auth');
  });

  it('fails without the address of the mail in the error, and at once when the job is aborted', async () => {
    const server = await SmtpServer.start();
    const mailer = new SmtpMailer(new Secret(server.url), 'a@example.com');
    const mail = { id: '1', to: 'somebody@example.com', subject: 's', text: 't' };
    try {
      server.fault = 'busy';
      await expect(mailer.send(mail, new AbortController().signal)).rejects.toThrow(
        /^the mail server did not accept the mail: \w+$/,
      );
      server.fault = 'hang';
      await expect(mailer.send(mail, AbortSignal.abort())).rejects.toThrow('accept the mail: ABORTED');
      expect(server.received).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});
