import { assistantsRefusals } from './refusals.assistants.js';
import { databaseRefusals } from './refusals.database.js';
import { surroundingRefusals } from './refusals.external-services.js';
import { secretRefusals } from './refusals.secrets.js';
import { textRefusals } from './refusals.texts.js';
import type { Refusal } from './refusal.js';

/** Every environment that must not boot. docs/configuration.md lists them by the variables that they name. */
export const refusals: readonly Refusal[] = [
  ...textRefusals,
  ...secretRefusals,
  ...databaseRefusals,
  ...surroundingRefusals,
  ...assistantsRefusals,
];
