import { changedRules, secondsOf, type RuleFile } from './alert-rules.js';

/** The alert rules with every window, offset and wait that many times shorter; what is compared stays as it is. */
export function compressedRules(factor: number): RuleFile {
  const shorter = (duration: string): string => `${Math.round((secondsOf(duration) * 1000) / factor)}ms`;
  return changedRules((rule) => ({
    ...rule,
    expr: rule.expr
      .replaceAll(/\[(\w+)\]/g, (_, window: string) => `[${shorter(window)}]`)
      .replaceAll(/\boffset (\w+)/g, (_, offset: string) => `offset ${shorter(offset)}`),
    ...(rule.for === undefined ? {} : { for: shorter(rule.for) }),
  }));
}
