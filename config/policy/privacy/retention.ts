import { devicePolicy, loginAttemptPolicy } from '../accounts/login-attempts.js';
import { emailChangePolicy } from '../accounts/email-change.js';
import { noticePolicy } from '../accounts/notices.js';
import { sessionPolicy, visitorTokenPolicy } from '../accounts/tokens.js';
import { budgetPolicy, usagePolicy } from '../assistants/budgets.js';
import { modelCallPolicy } from '../assistants/calls.js';
import { chatPolicy } from '../assistants/chat.js';
import { openAiPolicy } from '../assistants/openai.js';
import { generationPolicy, idempotencyPolicy } from '../generations/generations.js';
import { resumablePolicy } from '../generations/uploads.js';
import { webhookPolicy } from '../operations/webhook-endpoints.js';
import { gatewayPolicy } from '../operations/webhooks.js';
import { accountDeletionPolicy } from './deletion.js';
import { dataExportPolicy } from './export.js';
import type { RetentionRule } from './retention-rule.js';

const seconds = (count: number): string =>
  count % 86_400 === 0
    ? days(count / 86_400)
    : count % 3600 === 0
      ? `${count / 3600} hour${count === 3600 ? '' : 's'}`
      : count === 60
        ? 'a minute'
        : `${count / 60} minutes`;
const days = (count: number): string => (count === 1 ? 'a day' : `${count} days`);

const withAccount = 'test/journeys/account-deletion.spec.ts';

/** Periods come from the policies by which the tasks delete: there is one number for each. */
export const retentionRules: readonly RetentionRule[] = [
  {
    kind: 'account',
    tables: ['users', 'account_deletions', 'incident_affected'],
    purpose: 'to have an account: address, name, role, balance; to delete it once its grace is over',
    basis: 'contract',
    kept: `until it is deleted, which its owner may ask for; then ${days(accountDeletionPolicy.graceDays)} of grace`,
    deletedBy: [],
    shownBy: withAccount,
  },
  {
    kind: 'sign-in',
    tables: ['sessions', 'refresh_tokens', 'revocations'],
    purpose: 'to stay signed in, to see and end sessions, to recognise a token that was stolen',
    basis: 'contract',
    kept: `${seconds(sessionPolicy.keepEndedSeconds)} after the end of a session`,
    deletedBy: ['features/accounts/sessions/sessions.purge.ts', 'adapters/postgres/postgres-revocations.ts'],
    shownBy: 'test/contracts/purges.spec.ts',
  },
  {
    kind: 'second factors',
    tables: ['mfa_factors', 'mfa_recovery_codes', 'mfa_attempts'],
    purpose: 'to protect the account by a second factor',
    basis: 'contract',
    kept: 'until they are removed',
    deletedBy: [],
    shownBy: withAccount,
  },
  {
    kind: 'guesses at passwords, and known devices',
    tables: ['account_guesses', 'devices'],
    purpose: 'to stop guesses without locking the owner out',
    basis: 'legitimate interest',
    kept: `devices ${seconds(devicePolicy.lifetimeSeconds)} after their last sign-in; counts of addresses without an account ${seconds(loginAttemptPolicy.unknownAccountRetentionSeconds)}`,
    deletedBy: ['features/accounts/login-attempts/login-attempts.purge.ts'],
    shownBy: 'src/features/accounts/login-attempts/login-attempts.purge.spec.ts',
  },
  {
    kind: 'changes of the address',
    tables: ['email_changes'],
    purpose: 'to prove that a new address is the person’s',
    basis: 'contract',
    kept: seconds(emailChangePolicy.linkSeconds),
    deletedBy: ['features/accounts/email-change/email-change.purge.ts'],
    shownBy: 'test/contracts/purges.spec.ts',
  },
  {
    kind: 'mails about the account',
    tables: ['notices'],
    purpose: 'to tell the owner what was done in their name',
    basis: 'contract',
    kept: days(noticePolicy.keepDays),
    deletedBy: ['features/notices/notices.purge.ts'],
    shownBy: 'test/contracts/purges.spec.ts',
  },
  {
    kind: 'keys for programs',
    tables: ['api_keys', 'key_credits'],
    purpose: 'to let programs act for the person, within limits',
    basis: 'contract',
    kept: 'until the account is deleted; of a key only its hash',
    deletedBy: [],
    shownBy: withAccount,
  },
  {
    kind: 'generations and projects',
    tables: ['generations', 'generation_sums', 'projects'],
    purpose: 'to make what was ordered, and to show it',
    basis: 'contract',
    kept: 'until the person deletes them',
    deletedBy: [],
    shownBy: withAccount,
  },
  {
    kind: 'files',
    tables: ['files', 'file_sums', 'storage_removals'],
    purpose: 'to keep what was made and sent',
    basis: 'contract',
    kept: `until the person deletes them; reference images ${days(generationPolicy.referenceDays)}`,
    deletedBy: ['features/storage/removal/expired-files.ts'],
    shownBy: 'test/journeys/sweeps.spec.ts',
  },
  {
    kind: 'unfinished uploads',
    tables: ['uploads', 'upload_parts'],
    purpose: 'to go on with a broken upload',
    basis: 'contract',
    kept: seconds(resumablePolicy.lifetimeSeconds),
    deletedBy: ['features/storage/resumable/expired-uploads.ts'],
    shownBy: 'test/journeys/resumable-uploads.spec.ts',
  },
  {
    kind: 'conversations',
    tables: ['conversations', 'chat_messages', 'chat_runs', 'chat_parts'],
    purpose: 'to answer, and to go on with what was said',
    basis: 'contract',
    kept: `until the person deletes them; parts of a stream ${seconds(chatPolicy.keepPartsMs / 1000)}`,
    deletedBy: ['features/assistants/chat/runs/runs.sweep.ts'],
    shownBy: withAccount,
  },
  {
    kind: 'visitors of a site who signed in later',
    tables: ['visitors'],
    purpose: 'to bring their conversations into the account',
    basis: 'contract',
    kept: days(visitorTokenPolicy.keepDays),
    deletedBy: ['features/assistants/visitors/visitors.purge.ts'],
    shownBy: 'test/contracts/assistant-purges.spec.ts',
  },
  {
    kind: 'agents that administrators wrote',
    tables: ['agent_versions'],
    purpose: 'to know who wrote what an assistant says',
    basis: 'legitimate interest',
    kept: 'for as long as the agent; the author until the account is deleted',
    deletedBy: [],
    shownBy: withAccount,
  },
  {
    kind: 'calls of language models',
    tables: ['ai_calls', 'gateway_messages', 'openai_image_calls'],
    purpose: 'to charge them, to answer a repeated one once, to find faults',
    basis: 'contract',
    kept: `${days(modelCallPolicy.keepDays)}; messages of other systems ${days(gatewayPolicy.keepDays)}; repetitions of orders for pictures ${seconds(openAiPolicy.imageRepeatMs / 1000)}`,
    deletedBy: [
      'features/assistants/gateway/calls-sweep.ts',
      'features/webhooks/inbound/gateway.purge.ts',
      'features/assistants/openai/images/image-calls.purge.ts',
    ],
    shownBy: 'test/contracts/purges.spec.ts',
  },
  {
    kind: 'use and budgets',
    tables: ['usage_days', 'usage_rises', 'budget_sums'],
    purpose: 'to show and bound what is spent',
    basis: 'contract',
    kept: `sums of a day ${days(usagePolicy.keepDays)}, of budgets ${days(budgetPolicy.keepDays)} and ${budgetPolicy.keepMonths} months`,
    deletedBy: ['features/usage/budgets/budget-watch.ts'],
    shownBy: 'src/features/usage/budgets/budget.repository.spec.ts',
  },
  {
    kind: 'credits',
    tables: ['credit_entries', 'ledger_sums'],
    purpose: 'to know how a balance came about',
    basis: 'contract',
    kept: 'until the account is deleted',
    deletedBy: [],
    shownBy: withAccount,
  },
  {
    kind: 'answers to repeated requests',
    tables: ['idempotency_keys'],
    purpose: 'to do once what is asked twice',
    basis: 'contract',
    kept: seconds(idempotencyPolicy.keptSeconds),
    deletedBy: ['features/idempotency/idempotency.purge.ts'],
    shownBy: 'test/contracts/purges.spec.ts',
  },
  {
    kind: 'webhooks',
    tables: ['webhook_endpoints', 'webhook_deliveries', 'webhook_sequences'],
    purpose: 'to tell the person’s systems what happened',
    basis: 'contract',
    kept: `endpoints until they are removed; deliveries ${days(webhookPolicy.keepDays)}, numbers ${days(webhookPolicy.keepSequencesDays)}`,
    deletedBy: ['features/webhooks/delivery/webhooks.purge.ts'],
    shownBy: 'src/features/webhooks/delivery/webhook-queue.repository.spec.ts',
  },
  {
    kind: 'security events, alerts and blocks',
    tables: ['security_events', 'security_alerts', 'blocks', 'threat_scores'],
    purpose: 'to find and stop attacks',
    basis: 'legitimate interest',
    kept: 'AUDIT_RETENTION_DAYS; who it was until the account is deleted; scores of threats for hours',
    deletedBy: ['features/security/security.purge.ts'],
    shownBy: 'src/features/security/security.purge.spec.ts',
  },
  {
    kind: 'keys of the audit log',
    tables: ['audit_subjects', 'audit_subject_keys'],
    purpose: 'to prove who did what; the entries themselves hold keyed hashes and sealed payloads',
    basis: 'legitimate interest',
    kept: 'entries AUDIT_RETENTION_DAYS; the key to their payloads until the account is deleted',
    deletedBy: ['features/audit/retention/audit.retention.ts'],
    shownBy: 'src/features/audit/audit-trail.spec.ts',
  },
  {
    kind: 'reviews of access',
    tables: ['access_attestations', 'control_attestations', 'control_audits'],
    purpose: 'to show that access was reviewed, and by whom',
    basis: 'legitimate interest',
    kept: 'for as long as the service; the reviewer until the account is deleted',
    deletedBy: [],
    shownBy: withAccount,
  },
  {
    kind: 'exports of one’s data',
    tables: ['data_exports', 'data_export_parts'],
    purpose: 'to give a person what is known of them',
    basis: 'contract',
    kept: days(dataExportPolicy.keepDays),
    deletedBy: ['features/privacy/export/data-exports.purge.ts'],
    shownBy: 'src/features/privacy/export/data-export-removal.spec.ts',
  },
  {
    kind: 'consents and objections',
    tables: ['privacy_choices'],
    purpose: 'to do as the person decided, and to prove what they agreed to',
    basis: 'contract',
    kept: 'until the account is deleted',
    deletedBy: [],
    shownBy: withAccount,
  },
];
