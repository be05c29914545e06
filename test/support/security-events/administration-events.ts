import { administrator } from '../accounts/authenticator.js';
import { basic, operatorOf } from '../accounts/operator.js';
import { randomLoopback } from '../http/http.js';
import type { EventRow, EventStage } from './event-stage.js';

const change = async (stage: EventStage, body: object, before: object | null = null) => {
  const { id } = await stage.person();
  const put = (changes: object) => stage.asAdmin(`/users/${id}`, { method: 'PUT', body: changes });
  if (before !== null) await put(before);
  return () => put(body);
};
const block = (stage: EventStage) =>
  stage.asAdmin('/security/blocks', { body: { address: randomLoopback(), minutes: 1 } });
const toggle = (stage: EventStage, enabled: boolean) =>
  stage.allowed().call('/ops/ai/toggle', { body: { enabled }, headers: operatorOf(stage.service) });

const administrators: readonly EventRow[] = [
  {
    text: 'ADMIN role changed',
    event: 'authz_change',
    level: 'HIGH',
    by: 'an administrator',
    arrange: (stage) => change(stage, { role: 'viewer' }),
  },
  {
    text: 'ADMIN account disabled',
    event: 'user_updated',
    level: 'MEDIUM',
    by: 'an administrator',
    arrange: (stage) => change(stage, { disabled: true }),
  },
  {
    text: 'ADMIN account enabled',
    event: 'user_updated',
    level: 'MEDIUM',
    by: 'an administrator',
    arrange: (stage) => change(stage, { disabled: false }, { disabled: true }),
  },
  {
    text: 'ADMIN sessions ended',
    event: 'authz_admin',
    level: 'MEDIUM',
    by: 'an administrator',
    arrange: async (stage) => {
      const { id } = await stage.person();
      return () => stage.asAdmin(`/users/${id}/sessions`, { method: 'DELETE' });
    },
  },
  {
    text: 'ADMIN credits adjusted',
    event: 'authz_admin',
    level: 'MEDIUM',
    by: 'an administrator',
    arrange: async (stage) => {
      const { id } = await stage.person();
      const body = { user_id: id, amount: 5, reason: 'goodwill' };
      return () => stage.asAdmin('/credits/adjust', { body });
    },
  },
  {
    text: 'ADMIN access attested',
    event: 'authz_admin',
    level: 'LOW',
    by: 'an administrator',
    arrange: (stage) => () =>
      stage.asAdmin('/access-review/attestations', { body: { note: 'All are still with us.' } }),
  },
  {
    text: 'ADMIN control attested',
    event: 'authz_admin',
    level: 'LOW',
    by: 'an administrator',
    arrange: (stage) => () =>
      stage.asAdmin('/controls/attestations', { body: { control: 'review/log-errors', note: 'Read.' } }),
  },
  {
    text: 'ADMIN security audit recorded',
    event: 'authz_admin',
    level: 'LOW',
    by: 'an administrator',
    arrange: (stage) => () =>
      stage.asAdmin('/controls/audits', {
        body: { fail: 0, not_looked_at: 0, attested: 0, pass: 1, not_applicable: 0 },
      }),
  },
  {
    text: 'ADMIN block added',
    event: 'authz_admin',
    level: 'MEDIUM',
    by: 'an administrator',
    arrange: (stage) => () => block(stage),
  },
  {
    text: 'ADMIN block lifted',
    event: 'authz_admin',
    level: 'MEDIUM',
    by: 'an administrator',
    arrange: async (stage) => {
      const { json } = await block(stage);
      return () => stage.asAdmin(`/security/blocks/${String(json.id)}`, { method: 'DELETE' });
    },
  },
  {
    text: 'AUTHORIZATION block refused',
    event: 'authz_fail',
    level: 'MEDIUM',
    by: 'an administrator who lifts the block of a super_admin',
    arrange: async (stage) => {
      const { json } = await block(stage);
      const { token } = await administrator(stage.service, 'admin');
      const path = `/api/v1/admin/security/blocks/${String(json.id)}`;
      return () => stage.allowed().call(path, { method: 'DELETE', token });
    },
  },
  {
    text: 'ADMIN test alert',
    event: 'authz_admin',
    level: 'MEDIUM',
    by: 'an administrator',
    arrange: (stage) => () => stage.asAdmin('/security/test-alert', { method: 'POST' }),
  },
];

const operators: readonly EventRow[] = [
  {
    text: 'AI switched off',
    event: 'authz_admin',
    level: 'HIGH',
    by: 'the operator',
    arrange: async (stage) => {
      await toggle(stage, true);
      return () => toggle(stage, false);
    },
  },
  {
    text: 'AI switched on',
    event: 'authz_admin',
    level: 'HIGH',
    by: 'the operator',
    arrange: async (stage) => {
      await toggle(stage, false);
      return () => toggle(stage, true);
    },
  },
  {
    text: 'OPERATOR sign-in failed',
    event: 'authn_login_fail',
    level: 'MEDIUM',
    by: 'a wrong password',
    arrange: (stage) => () =>
      stage.allowed().call('/ops/telemetry', { headers: { authorization: basic('operator', 'wrong') } }),
  },
  {
    text: 'OPERATOR cross-site request refused',
    event: 'malicious_csrf',
    level: 'MEDIUM',
    by: 'a page of another origin',
    arrange: (stage) => () =>
      stage.allowed().call('/ops/telemetry', {
        headers: { ...operatorOf(stage.service), origin: 'http://localhost:5173' },
      }),
  },
  {
    text: 'AUTHORIZATION address refused',
    event: 'authz_fail',
    level: 'HIGH',
    by: 'an operator from outside the allow-list',
    arrange: (stage) => () =>
      stage.service.visitor('127.78.0.1').call('/ops/telemetry', { headers: operatorOf(stage.service) }),
  },
  {
    text: 'AUTHORIZATION address refused',
    event: 'authz_fail',
    level: 'HIGH',
    by: 'an administrator from outside the allow-list',
    arrange: (stage) => () =>
      stage.service.visitor('127.78.0.2').call('/api/v1/admin/users', { token: stage.admin.token }),
  },
];

export const administrationEvents: readonly EventRow[] = [...administrators, ...operators];
