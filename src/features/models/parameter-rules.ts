import type { Parameter } from '../../../config/policy/generations/model.js';

/** Whether the parameter accepts a value; no type coercion. */
export function holds(rule: Parameter, value: unknown): value is string | number | boolean {
  switch (rule.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'string':
      return typeof value === 'string' && rule.choices.includes(value);
    case 'number':
      return (
        typeof value === 'number' && Number.isFinite(value) && value >= rule.minimum && value <= rule.maximum
      );
    case 'integer':
      return (
        typeof value === 'number' &&
        Number.isSafeInteger(value) &&
        value >= rule.minimum &&
        value <= rule.maximum &&
        value % (rule.multipleOf ?? 1) === 0
      );
  }
}

export function describeRule(rule: Parameter): string {
  switch (rule.type) {
    case 'boolean':
      return 'must be true or false';
    case 'string':
      return `must be one of ${rule.choices.join(', ')}`;
    case 'number':
      return `must be a number from ${rule.minimum} to ${rule.maximum}`;
    case 'integer':
      return `must be a whole number from ${rule.minimum} to ${rule.maximum}${rule.multipleOf === undefined ? '' : `, a multiple of ${rule.multipleOf}`}`;
  }
}

/** The rule as JSON Schema (2020-12). */
export function schemaOf(rule: Parameter): Record<string, unknown> {
  const { type, description } = rule;
  const common = { type, description, ...(rule.default === undefined ? {} : { default: rule.default }) };
  switch (rule.type) {
    case 'boolean':
      return common;
    case 'string':
      return { ...common, enum: [...rule.choices] };
    case 'number':
      return { ...common, minimum: rule.minimum, maximum: rule.maximum };
    case 'integer':
      return {
        ...common,
        minimum: rule.minimum,
        maximum: rule.maximum,
        ...(rule.multipleOf === undefined ? {} : { multipleOf: rule.multipleOf }),
      };
  }
}
