import type { PersonalTable } from '../../database/personal-data.js';
import { accessReviewPersonalData } from '../access-review/access-review.personal-data.js';
import { controlsPersonalData } from '../controls/controls.personal-data.js';
import { accountsPersonalData } from '../accounts/accounts.personal-data.js';
import { apiKeysPersonalData } from '../api-keys/api-keys.personal-data.js';
import { assistantsPersonalData } from '../assistants/assistants.personal-data.js';
import { auditPersonalData } from '../audit/audit.personal-data.js';
import { consentsPersonalData } from '../consents/consents.personal-data.js';
import { creditsPersonalData } from '../credits/credits.personal-data.js';
import { generationsPersonalData } from '../generations/generations.personal-data.js';
import { idempotencyPersonalData } from '../idempotency/idempotency.personal-data.js';
import { incidentsPersonalData } from '../incidents/incidents.personal-data.js';
import { noticesPersonalData } from '../notices/notices.personal-data.js';
import { privacyPersonalData } from './privacy.personal-data.js';
import { projectsPersonalData } from '../projects/projects.personal-data.js';
import { securityPersonalData } from '../security/security.personal-data.js';
import { storagePersonalData } from '../storage/storage.personal-data.js';
import { usagePersonalData } from '../usage/usage.personal-data.js';
import { usersPersonalData } from '../users/users.personal-data.js';
import { webhooksPersonalData } from '../webhooks/webhooks.personal-data.js';

/**
 * Every table that holds something of a person with an account, in the order in which an account is erased: what is found through other rows
 * stands before them.
 */
export const personalTables: readonly PersonalTable[] = [
  ...usersPersonalData,
  ...privacyPersonalData,
  ...consentsPersonalData,
  ...storagePersonalData,
  ...generationsPersonalData,
  ...projectsPersonalData,
  // Sums of keys and visitors are found through these.
  ...usagePersonalData,
  ...assistantsPersonalData,
  ...webhooksPersonalData,
  ...apiKeysPersonalData,
  ...accountsPersonalData,
  ...creditsPersonalData,
  ...idempotencyPersonalData,
  ...noticesPersonalData,
  ...securityPersonalData,
  ...auditPersonalData,
  ...accessReviewPersonalData,
  ...controlsPersonalData,
  ...incidentsPersonalData,
];
