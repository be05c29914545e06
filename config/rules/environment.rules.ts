import type { EnvironmentName } from '../config.js';
import { isDeployed, type Settings } from '../environment/environment.defaults.js';
import type { ValidationResult } from '../values/validation-result.js';
import { databasePresent, databases } from './database.js';
import { limitsAgree, limitsOfPolicy } from './limits.js';
import { auditKept, noBypass, noDebugModes, productionPromises, weakerThanProduction } from './modes.js';
import { backupComplete, backupElsewhere } from './backup.js';
import {
  alertMailSent,
  encryptedNeighbours,
  tracesArrive,
  httpsOutside,
  idlePeers,
  originsAgree,
  proxyKnown,
  readableCredentials,
} from './network.js';
import { operatorsReadable } from './named-operators.js';
import { firstAdmin, operatorDistinct, operatorFenced, operatorNamed } from './operator.js';
import { allDifferent, keysPresent, noPlaceholders, validKeys } from './own-secrets.js';
import {
  budgetsAgree,
  languageModels,
  messengerComplete,
  noStandIns,
  providerKeys,
  realProviders,
  scannedUploads,
  standInsLocal,
} from './providers.js';
import type { Rule } from './rule.js';
import { siemEncrypted } from './siem.js';
import { supabaseComplete, supabaseKeys } from './supabase.js';

/** Rules of every environment. */
const everywhere: readonly Rule[] = [
  noBypass,
  validKeys,
  noPlaceholders,
  allDifferent,
  operatorDistinct,
  operatorsReadable,
  databases,
  supabaseKeys,
  supabaseComplete,
  encryptedNeighbours,
  tracesArrive,
  alertMailSent,
  siemEncrypted,
  backupComplete,
  backupElsewhere,
  readableCredentials,
  originsAgree,
  idlePeers,
  providerKeys,
  languageModels,
  budgetsAgree,
  standInsLocal,
  messengerComplete,
  limitsAgree,
  firstAdmin,
];

/** Further rules of staging and production, which are reachable from the internet. */
const deployed: readonly Rule[] = [
  noDebugModes,
  keysPresent,
  auditKept,
  operatorNamed,
  operatorFenced,
  databasePresent,
  httpsOutside,
  proxyKnown,
  realProviders,
  scannedUploads,
  weakerThanProduction,
];

/** Further rules of production. */
const production: readonly Rule[] = [productionPromises, limitsOfPolicy, noStandIns];

/** Applies the rules of one environment. `test` uses those of development. */
export function applyRules(settings: Settings, name: EnvironmentName, result: ValidationResult): void {
  const rules = [
    ...everywhere,
    ...(isDeployed(name) ? deployed : []),
    ...(name === 'production' ? production : []),
  ];
  for (const rule of rules) rule(settings, result, name);
}
