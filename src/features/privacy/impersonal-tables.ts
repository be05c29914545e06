import type { TableName } from '../../database/personal-data.js';

const ofMessenger =
  'people of Messenger, who have no account here: forgotten at their own request and by age (docs/messenger.md)';
const ofService = 'of the service itself';

/** Every other table, and why nothing of a person with an account is in it. */
export const impersonalTables: Partial<Record<TableName, string>> = {
  agents: 'configuration of assistants; who wrote a version stands in agent_versions',
  ai_gate: ofService,
  ai_switch: ofService,
  audit_checkpoints: 'counts and hashes of the audit log',
  audit_entries: 'keyed hashes of accounts, and payloads sealed under keys that go with the accounts',
  audit_keys: ofService,
  audit_streams: 'counts and hashes of the audit log',
  audit_trims: 'counts and hashes of the audit log',
  backup_watch: ofService,
  backups: ofService,
  counter_hits: 'hashes of names of rate limits, for the length of their windows',
  erased_accounts: 'keyed hashes of accounts that are gone',
  incident_evidence: 'hashes of archives',
  incident_notes: 'notes of operators about an incident, who are told to name no person in them',
  incidents:
    'descriptions by operators, who are told to name no person in them; who was touched stands in incident_affected',
  key_alarms: ofService,
  key_fingerprints: ofService,
  knowledge_entries: 'texts that operators give to assistants',
  maintenance_reports: 'counts, names of routes and of keys',
  messenger_deletions: ofMessenger,
  messenger_forgotten_messages: ofMessenger,
  messenger_messages: ofMessenger,
  messenger_pages: 'pages of the operator',
  messenger_people: ofMessenger,
  messenger_replies: ofMessenger,
  mfa_used_challenges: 'ids of tokens of the latest minutes',
  page_watch: ofService,
  provider_account: 'the account of the service at the provider',
  provider_callbacks: 'hashes of messages of the provider',
  security_event_gate: ofService,
  siem_export: ofService,
  siem_refused_events: 'ids of security events',
  sign_in_gate: ofService,
  sign_in_switch: ofService,
  spent_first_credits: 'keyed hashes of addresses, for a bounded time',
  sweeps: ofService,
};
