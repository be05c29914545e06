import { sql, type RawBuilder } from 'kysely';
import { devicePolicy, loginAttemptPolicy } from '../../../../config/policy/accounts/login-attempts.js';
import { emailChangePolicy } from '../../../../config/policy/accounts/email-change.js';
import { noticePolicy } from '../../../../config/policy/accounts/notices.js';
import { sessionPolicy, visitorTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import { budgetPolicy, usagePolicy } from '../../../../config/policy/assistants/budgets.js';
import { modelCallPolicy } from '../../../../config/policy/assistants/calls.js';
import { chatPolicy } from '../../../../config/policy/assistants/chat.js';
import { openAiPolicy } from '../../../../config/policy/assistants/openai.js';
import { idempotencyPolicy } from '../../../../config/policy/generations/generations.js';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { gatewayPolicy } from '../../../../config/policy/operations/webhooks.js';
import { retentionReportPolicy } from '../../../../config/policy/privacy/retention-report.js';
import type { TableName } from '../../../database/personal-data.js';

/** Rows of a table that are kept for longer than the rules of retention say. An index must serve it: any table may have a million rows. */
export interface RetentionCheck {
  readonly table: TableName;
  /** `auditDays`: AUDIT_RETENTION_DAYS. */
  readonly isOverdue: (auditDays: number) => RawBuilder<boolean>;
}

const secondsOfDay = 24 * 3600;
/** Behind its period a row has this time until its task has run, also where the service was away for a while. */
const ago = (seconds: number): RawBuilder<Date> =>
  sql`(now() - make_interval(secs => ${seconds + retentionReportPolicy.slackSeconds}))`;
const daysAgo = (days: number): RawBuilder<Date> => ago(days * secondsOfDay);
/** The first id that is made at a moment, of ids in the order of time (RFC 9562, version 7). */
const idAt = (moment: RawBuilder<Date>): RawBuilder<string> =>
  sql`(lpad(to_hex((extract(epoch from ${moment}) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid`;

/** One for each table of the rules that a task deletes from by age. */
export const retentionChecks: readonly RetentionCheck[] = [
  {
    table: 'sessions',
    isOverdue: () =>
      sql`expires_at < ${ago(sessionPolicy.keepEndedSeconds)} or ended_at < ${ago(sessionPolicy.keepEndedSeconds)}`,
  },
  { table: 'revocations', isOverdue: () => sql`expires_at < ${ago(60)}` },
  {
    table: 'account_guesses',
    isOverdue: () =>
      sql`user_id is null and attempted_at < ${ago(loginAttemptPolicy.unknownAccountRetentionSeconds)}`,
  },
  {
    table: 'devices',
    isOverdue: () => sql`expires_at < ${ago(0)} or last_used_at < ${ago(devicePolicy.lifetimeSeconds)}`,
  },
  { table: 'email_changes', isOverdue: () => sql`created_at < ${ago(emailChangePolicy.linkSeconds)}` },
  { table: 'notices', isOverdue: () => sql`created_at < ${daysAgo(noticePolicy.keepDays)}` },
  {
    table: 'files',
    isOverdue: () => sql`expires_at < ${ago(0)} and not exists (
      select from velro.generations g where g.reference_file_id = files.id and g.status in ('queued', 'submitting', 'processing'))`,
  },
  { table: 'uploads', isOverdue: () => sql`expires_at < ${ago(0)}` },
  {
    table: 'chat_runs',
    isOverdue: () => sql`not is_running and ended_at < ${ago(chatPolicy.keepPartsMs / 1000)}`,
  },
  { table: 'visitors', isOverdue: () => sql`seen_at < ${daysAgo(visitorTokenPolicy.keepDays)}` },
  { table: 'ai_calls', isOverdue: () => sql`settled_at < ${daysAgo(modelCallPolicy.keepDays)}` },
  { table: 'gateway_messages', isOverdue: () => sql`received_at < ${daysAgo(gatewayPolicy.keepDays)}` },
  { table: 'openai_image_calls', isOverdue: () => sql`seen_at < ${ago(openAiPolicy.imageRepeatMs / 1000)}` },
  { table: 'usage_days', isOverdue: () => sql`day < (${daysAgo(usagePolicy.keepDays)})::date` },
  {
    table: 'budget_sums',
    isOverdue: () =>
      sql`(period >= 'D' and period < to_char(${daysAgo(budgetPolicy.keepDays)} at time zone 'UTC', '"D"YYYY-MM-DD'))
        or (period >= 'M' and period < to_char(${daysAgo(budgetPolicy.keepMonths * 31)} at time zone 'UTC', '"M"YYYY-MM'))`,
  },
  { table: 'idempotency_keys', isOverdue: () => sql`created_at < ${ago(idempotencyPolicy.keptSeconds)}` },
  { table: 'webhook_deliveries', isOverdue: () => sql`created_at < ${daysAgo(webhookPolicy.keepDays)}` },
  {
    table: 'webhook_sequences',
    isOverdue: () =>
      sql`changed_at < ${daysAgo(webhookPolicy.keepSequencesDays)} and object_id is distinct from user_id`,
  },
  { table: 'security_events', isOverdue: (days) => sql`id < ${idAt(daysAgo(days))}` },
  { table: 'security_alerts', isOverdue: (days) => sql`id < ${idAt(daysAgo(days))}` },
  { table: 'blocks', isOverdue: (days) => sql`expires_at < ${daysAgo(days)}` },
  { table: 'threat_scores', isOverdue: () => sql`updated_at < ${daysAgo(1)}` },
  { table: 'data_exports', isOverdue: () => sql`expires_at < ${ago(0)}` },
];
