import type { EnvironmentName } from '../config.js';
import type { Settings } from '../environment/environment.defaults.js';
import type { ValidationResult } from '../values/validation-result.js';

/** Checks one requirement. Reads values, but reports only names and reasons. */
export type Rule = (settings: Settings, result: ValidationResult, name: EnvironmentName) => void;
