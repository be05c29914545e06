import { dataExportPolicy } from '../../../config/policy/privacy/export.js';
import { accountDeletionPolicy } from '../../../config/policy/privacy/deletion.js';

/** What the owner of an account is told of. */
export type NoticeKind =
  | 'password_changed'
  | 'email_change_requested'
  | 'email_changed'
  | 'email_confirmed'
  | 'factor_activated'
  | 'factor_removed'
  | 'recovery_codes_replaced'
  | 'api_key_created'
  | 'api_key_rotated'
  | 'device_added'
  | 'webhook_endpoint_disabled'
  | 'account_deletion_requested'
  | 'account_deletion_cancelled'
  | 'data_export_ready'
  | 'data_export_failed'
  | 'incident_key_compromised'
  | 'incident_limits_exceeded'
  | 'incident_system_compromise'
  | 'incident_data_breach';

/** Subject, and the first sentence of the mail. */
const texts: Readonly<Record<NoticeKind, readonly [string, string]>> = {
  password_changed: ['Your password was changed', 'The password of your account was changed.'],
  email_change_requested: [
    'A change of your e-mail address was requested',
    'Somebody signed in to your account asked for another e-mail address. It changes once that address is confirmed.',
  ],
  email_changed: ['Your e-mail address was changed', 'The e-mail address of your account was changed.'],
  email_confirmed: [
    'This is the e-mail address of your account now',
    'The e-mail address of your account was changed to this one.',
  ],
  factor_activated: [
    'Two-step sign-in was switched on',
    'A second factor was added to your account: signing in asks for its code from now on.',
  ],
  factor_removed: [
    'Two-step sign-in was switched off',
    'The second factor of your account was removed: the password alone signs in from now on.',
  ],
  recovery_codes_replaced: [
    'Your recovery codes were replaced',
    'New recovery codes were made for your account; the earlier ones do not work any more.',
  ],
  api_key_created: ['An API key was created', 'An API key was created for your account.'],
  api_key_rotated: ['An API key was rotated', 'An API key of your account was given a new text.'],
  device_added: ['A new device signed in', 'A device that was not seen before signed in to your account.'],
  webhook_endpoint_disabled: [
    'A webhook endpoint was disabled',
    'A webhook endpoint of your account answers that it is gone, or has failed for days: nothing is sent to it any more.',
  ],
  account_deletion_requested: [
    'Your account will be deleted',
    `The deletion of your account was requested. In ${accountDeletionPolicy.graceDays} days it is deleted with all that is in it, for good.`,
  ],
  data_export_ready: [
    'Your data are ready',
    `The export of your data that was requested in your account is ready. It can be downloaded there for ${dataExportPolicy.keepDays} days.`,
  ],
  data_export_failed: [
    'Your data could not be exported',
    'The export of your data that was requested in your account could not be made. You can request it again.',
  ],
  incident_key_compromised: [
    'A key of our service was misused',
    'A key of our service came into the hands of somebody who should not have it, and your account was within its reach. We have replaced it.',
  ],
  incident_limits_exceeded: [
    'Your account was used more than allowed',
    'Our service was used beyond its limits, and your account was one of those by which, or from whose network address, that was done.',
  ],
  incident_system_compromise: [
    'A security incident at our service',
    'Somebody may have had access to our systems, and your account was within their reach. Every session was ended: please sign in again.',
  ],
  incident_data_breach: [
    'Your personal data was affected by a security incident',
    'Somebody who should not have it had access to personal data of your account: your e-mail address, your name, and what you keep in the account may be among it. We do not keep your password in a readable form.',
  ],
  account_deletion_cancelled: [
    'Your account stays',
    'The deletion of your account was cancelled: nothing was deleted.',
  ],
};

/** Of what somebody did, who may not be the owner. */
const ofAPerson = [
  'If this was you, there is nothing to do.',
  'If it was not, reset your password now: that ends every session. Then review your devices and API keys.',
];
/** Of an incident, which is nothing that a person did. */
const inAnIncident = [
  'What you can do: choose a new password, switch on two-step sign-in, and review your API keys, devices and network addresses in your account.',
  'Do not trust mails or calls that refer to this and ask you for a password or a code: we ask for neither.',
  'Under your account you can export what is known of you. For questions write to the contact in our privacy policy; you may also complain to the supervisory authority where you live.',
];
const advices: Partial<Record<NoticeKind, readonly string[]>> = {
  incident_key_compromised: inAnIncident,
  incident_limits_exceeded: inAnIncident,
  incident_system_compromise: inAnIncident,
  incident_data_breach: inAnIncident,
  account_deletion_requested: [
    'Until then you can sign in and cancel it. If you want to keep what you made, export your data first.',
    'If this was not you, reset your password now: that ends every session. Then sign in and cancel the deletion.',
  ],
  webhook_endpoint_disabled: [
    'Its deliveries show what it answered. Once it works again, enable it; what was not delivered can be sent again.',
  ],
};

export interface NoticeFacts {
  readonly kind: NoticeKind;
  /** Null: no client caused it. */
  readonly clientIp: string | null;
  readonly createdAt: Date;
}

/** No text of a client stands in it but the address it came from: a mail must not carry an attacker's words. */
export function noticeText({ kind, clientIp, createdAt }: NoticeFacts): { subject: string; text: string } {
  const [subject, sentence] = texts[kind];
  const lines = [
    sentence,
    '',
    `Time: ${createdAt.toISOString()}`,
    ...(clientIp === null ? [] : [`Network address: ${clientIp}`]),
    '',
    ...(advices[kind] ?? ofAPerson),
    '',
  ];
  return { subject, text: lines.join('\n') };
}
