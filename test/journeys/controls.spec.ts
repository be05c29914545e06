import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { auditedIn } from '../support/database/audit-entries.js';
import { ask } from '../support/database/database.js';
import { Service, signUp } from '../support/process/service.js';

describe('attestations of controls', () => {
  let service: Service;
  let admin: Administrator;
  beforeAll(async () => {
    service = await Service.start();
    admin = await administrator(service, 'admin');
  });
  afterAll(() => service.discard());

  const attest = (token: string, body: unknown) =>
    service.visitor().call('/api/v1/admin/controls/attestations', { token, body });
  const words = () => ask(service.home, 'select control, reviewer_id, note from velro.control_attestations');

  it('are kept with who said it, and are an entry of the audit log', async () => {
    const entries = await auditedIn(service, async () => {
      const { status, json } = await attest(admin.token, { control: 'review/log-errors', note: 'Read.' });
      expect([status, json.id]).toEqual([201, 'review/log-errors']);
    });
    expect(entries.map(({ action }) => action)).toEqual(['control.attested']);
    expect(await words()).toEqual([{ control: 'review/log-errors', reviewer_id: admin.id, note: 'Read.' }]);
  });

  it('twice are two rows, of which the newest counts', async () => {
    await attest(admin.token, { control: 'review/log-errors', note: 'Read again.' });
    expect(await words()).toHaveLength(2);
  });

  it.each([
    ['a control that a program judges', { control: 'modes/debug', note: 'It is off.' }, 404],
    ['a control that is none', { control: 'no/such', note: 'x' }, 404],
    ['nothing said', { control: 'review/log-errors', note: '   ' }, 422],
    ['a moment of its own', { control: 'review/log-errors', note: 'x', at: '2030-01-01T00:00:00Z' }, 422],
  ])('of %s are refused, and nothing is kept', async (_, body, status) => {
    const before = await words();
    expect((await attest(admin.token, body)).status).toBe(status);
    expect(await words()).toEqual(before);
  });

  it('of somebody who is no administrator are refused, and nothing is kept', async () => {
    const before = await words();
    const stranger = await signUp(service);
    expect((await attest(stranger.token, { control: 'review/log-errors', note: 'x' })).status).toBe(403);
    expect(await words()).toEqual(before);
  });
});
