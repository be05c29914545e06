import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { ask } from '../support/database/database.js';
import { lastTry } from '../support/database/last-try.js';
import { AlertReceiverServer } from '../support/http/alert-receiver.js';
import { MailServer } from '../support/mail/mail-server.js';
import type { ReceivedMail } from '../support/mail/smtp-server.js';
import { startSecond } from '../support/process/second-instance.js';
import { Service } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const watch = 'watch@security.example';
const agent = 'Visit-evil.example-now/1.0';

/** Beside it no instance sends alerts; its budgets are so large that it tells of none. */
const quiet = { AI_DAILY_BUDGET_USD: '100000', AI_MONTHLY_BUDGET_USD: '1000000' };

interface Stage {
  readonly first: Service;
  readonly admin: Administrator;
  readonly mail: MailServer;
}

async function startStage(): Promise<Stage> {
  const first = await Service.start(quiet);
  return { first, admin: await administrator(first, 'admin'), mail: await MailServer.start() };
}

const endStage = async ({ first, mail }: Stage): Promise<void> => {
  await first.discard();
  await mail.stop();
};

/** A token whose signature is wrong: HIGH. */
function forge(service: Service, { token }: Administrator, address: string) {
  const [head = '', body = '', signature = ''] = token.split('.');
  const wrong = `${randomBytes(6).toString('base64url')}${signature.slice(8)}`;
  return service.visitor(address).call('/api/v1/auth/me', {
    token: `${head}.${body}.${wrong}`,
    headers: { 'user-agent': agent },
  });
}

const testAlert = (service: Service, { token }: Administrator) =>
  service.visitor().call('/api/v1/admin/security/test-alert', { method: 'POST', token });

/** The text as a person reads it: quoted-printable (RFC 2045) may break any line. */
const textOf = ({ data }: ReceivedMail): string => data.replace(/=\r?\n/g, '').replaceAll('=3D', '=');
const messageIdOf = (mail: ReceivedMail): string | undefined =>
  /^Message-ID: <(.*)@velro>/m.exec(mail.data)?.[1];

describe('alerts to a webhook and by mail', () => {
  let stage: Stage;
  let receiver: AlertReceiverServer;
  let service: Service;
  beforeAll(async () => {
    stage = await startStage();
    receiver = await AlertReceiverServer.start();
    service = await startSecond(stage.first, {
      SMTP_URL: stage.mail.url,
      ALERT_EMAIL: watch,
      SECURITY_ALERT_WEBHOOK_URL: receiver.url,
    });
  });
  afterAll(async () => {
    await service.discard();
    await receiver.stop();
    await endStage(stage);
  });
  afterEach(async () => {
    stage.mail.fault = 'none';
    receiver.fault = 'none';
    const pending =
      'select 1 from velro.security_alerts where delivered_at is null or mail_delivered_at is null';
    await until(async () => (await ask(stage.first.home, pending)).length === 0, 'a delivery of all');
    stage.mail.received.length = receiver.received.length = 0;
  });

  const webhookIds = () => receiver.received.map(({ headers }) => headers['webhook-id']);
  const mailIds = () => stage.mail.to(watch).map(messageIdOf);
  const stateOf = async (id: unknown) =>
    (
      await ask<Record<string, boolean>>(
        stage.first.home,
        `select delivered_at is not null as webhook, mail_delivered_at is not null as mail
         from velro.security_alerts where id = $1`,
        [id],
      )
    )[0];

  it('go to both, and the test alert says so', async () => {
    const { status, json } = await testAlert(service, stage.admin);
    expect([status, json.receivers]).toEqual([202, ['webhook', 'mail']]);
    await until(() => mailIds().length > 0 && webhookIds().length > 0, 'both');
    expect([mailIds(), webhookIds()]).toEqual([[json.alert_id], [json.alert_id]]);
    const { json: posture } = await service
      .visitor()
      .call('/api/v1/admin/security/posture', { token: stage.admin.token });
    expect([posture.alerts, posture.alert_receivers]).toEqual(['webhook', ['webhook', 'mail']]);
  });

  it('have typed fields alone in their mail, and no text of a client', async () => {
    const { json } = await forge(service, stage.admin, '127.62.0.1');
    await until(() => mailIds().length > 0, 'the mail');
    const [mail] = stage.mail.to(watch);
    if (mail === undefined) throw new Error('no mail');
    const text = textOf(mail);
    for (const line of [
      /^Subject: \[Velro test\] HIGH: AUTH-MIDDLEWARE VIOLATION signature\r?$/m,
      /^Auto-Submitted: auto-generated\r?$/im,
      /^Event: authz_fail\r?$/m,
      /^Network address: 127\.62\.0\.1\r?$/m,
      /^Route: GET \/api\/v1\/auth\/me\r?$/m,
      new RegExp(`^Request: ${String(json.request_id)}\\r?$`, 'm'),
    ])
      expect(text).toMatch(line);
    for (const word of ['evil', 'eyJ', stage.admin.email]) expect(text).not.toContain(word);
  });

  it('come by webhook once while the mail server is away, and by mail once it is back', async () => {
    stage.mail.fault = 'busy';
    const { json } = await testAlert(service, stage.admin);
    await until(() => webhookIds().length > 0, 'the webhook');
    const before = stage.mail.connections;
    await until(() => service.printed.includes('EENVELOPE 451'), 'a first try by mail');
    expect(stage.mail.connections).toBeGreaterThanOrEqual(before);
    await until(async () => (await stateOf(json.alert_id))?.['webhook'] === true, 'a delivery by webhook');
    expect(await stateOf(json.alert_id)).toEqual({ webhook: true, mail: false });
    stage.mail.fault = 'none';
    await until(() => mailIds().length > 0, 'the mail');
    expect([mailIds(), webhookIds()]).toEqual([[json.alert_id], [json.alert_id]]);
  });

  it('come by mail once while the webhook is away, and by webhook once it is back', async () => {
    receiver.fault = 'error';
    const { json } = await testAlert(service, stage.admin);
    await until(() => receiver.received.length > 1, 'two tries');
    await until(async () => (await stateOf(json.alert_id))?.['mail'] === true, 'a delivery by mail');
    expect([mailIds(), await stateOf(json.alert_id)]).toEqual([
      [json.alert_id],
      { webhook: false, mail: true },
    ]);
    receiver.fault = 'none';
    await until(async () => (await stateOf(json.alert_id))?.['webhook'] === true, 'a delivery by webhook');
    expect(mailIds()).toEqual([json.alert_id]);
  });

  it('are given up by mail alone, with one event, when no mail is ever accepted', async () => {
    stage.mail.fault = 'unknown-recipient';
    const { json } = await testAlert(service, stage.admin);
    await until(() => service.printed.includes('EENVELOPE 550'), 'a first try');
    const said = () =>
      service
        .lines()
        .filter(
          ({ msg, ...line }) =>
            msg === 'SECURITY-EVENT ALERT not delivered' && line['alert_id'] === json.alert_id,
        );
    const over = () => said().length > 0;
    await until(lastTry(stage.first.home, 'alert_mail', json.alert_id, over), 'the line about it');
    expect(said()).toEqual([expect.objectContaining({ receiver: 'mail' })]);
    expect(await stateOf(json.alert_id)).toEqual({ webhook: true, mail: false });
    expect([webhookIds(), mailIds()]).toEqual([[json.alert_id], []]);
    await ask(stage.first.home, 'update velro.security_alerts set mail_delivered_at = now() where id = $1', [
      json.alert_id,
    ]);
  });

  it('name the address in no line of the log and in no row', async () => {
    expect(service.printed).not.toContain(watch);
    const rows = await ask<{ n: number }>(
      stage.first.home,
      `select (select count(*) from pgboss.job j where j::text like $1)::int
         + (select count(*) from velro.security_alerts a where a::text like $1)::int
         + (select count(*) from velro.security_events e where e::text like $1)::int as n`,
      [`%${watch}%`],
    );
    expect(rows).toEqual([{ n: 0 }]);
  });
});

describe('alerts by mail alone', () => {
  let stage: Stage;
  let service: Service;
  beforeAll(async () => {
    stage = await startStage();
    service = await startSecond(stage.first, {
      SMTP_URL: stage.mail.url,
      ALERT_EMAIL: watch,
      AI_DAILY_BUDGET_USD: '10',
    });
  });
  afterAll(async () => {
    await service.discard();
    await endStage(stage);
  });

  it('are sent, and the test alert says so', async () => {
    const { status, json } = await testAlert(service, stage.admin);
    expect([status, json.receivers]).toEqual([202, ['mail']]);
    await until(() => stage.mail.to(watch).length > 0, 'the mail');
    const { json: posture } = await service
      .visitor()
      .call('/api/v1/admin/security/posture', { token: stage.admin.token });
    expect([posture.alerts, posture.alert_receivers]).toEqual(['nowhere', ['mail']]);
  });

  it('tell of every share of a budget that is reached, also of several at one time', async () => {
    await ask(
      stage.first.home,
      `insert into velro.budget_sums (scope, period, reserved_microusd, spent_microusd)
       values ('total:ai', $1, 0, 8500000)`,
      [`D${new Date().toISOString().slice(0, 10)}`],
    );
    const told = () =>
      stage.mail
        .to(watch)
        .map(textOf)
        .flatMap((text) => /^Budget: total:ai D[0-9-]+ at (\d+) %\r?$/m.exec(text)?.[1] ?? []);
    await until(() => told().length > 1, 'both mails');
    expect(told().sort()).toEqual(['50', '80']);
  });
});
