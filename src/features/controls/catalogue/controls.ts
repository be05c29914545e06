import { answersControls } from './answers.controls.js';
import { attestedControls } from './attested.controls.js';
import { checkoutControls } from './checkout.controls.js';
import { configurationControls } from './configuration.controls.js';
import type { Control } from './control.js';
import { custodyControls } from './custody.controls.js';
import { databaseControls } from './database.controls.js';
import { refusalsControls } from './refusals.controls.js';
import { vendorsControls } from './vendors.controls.js';
import { aiControls, messengerControls } from './assistants.controls.js';
import { operationsControls } from './operations.controls.js';
import { perimeterControls } from './perimeter.controls.js';
import { secretsControls } from './secrets.controls.js';
import { surfaceControls } from './surface.controls.js';

const all = {
  ...configurationControls,
  ...secretsControls,
  ...perimeterControls,
  ...answersControls,
  ...refusalsControls,
  ...surfaceControls,
  ...aiControls,
  ...messengerControls,
  ...databaseControls,
  ...custodyControls,
  ...operationsControls,
  ...checkoutControls,
  ...vendorsControls,
  ...attestedControls,
} as const;

export type ControlId = keyof typeof all;

/** Everything that must be true of a deployment. */
export const controls: Readonly<Record<ControlId, Control>> = all;

export const controlIds = Object.keys(all) as readonly ControlId[];

export const isControlId = (text: string): text is ControlId => Object.hasOwn(all, text);
