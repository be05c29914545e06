import type { EnvironmentName } from '../config.js';
import type { Settings } from '../environment/environment.defaults.js';
import type { ValidationResult } from '../values/validation-result.js';

/** Judges one matter. It sees values, and says names and reasons only. */
export type Rule = (settings: Settings, result: ValidationResult, name: EnvironmentName) => void;
