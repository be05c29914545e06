// Who may call an operation: whatever was enough must be enough.
import type { Comparison } from './comparison.ts';
import { list, part, type Break, type Part } from './description.ts';

/** One sufficient set of credentials: scopes by the name of their scheme. */
type Credentials = Readonly<Record<string, readonly string[]>>;

export function securityBreaks(
  { before, after }: Comparison,
  old: Part,
  present: Part,
  where: string,
): Break[] {
  const needed = credentialsOf(present, after.document);
  return credentialsOf(old, before.document)
    .filter((held) => !needed.some((one) => suffices(held, one)))
    .map((held) => ({ rule: 'request-security-tightened', where, text: `${shown(held)} is not enough` }));
}

function credentialsOf(operation: Part, document: Part): Credentials[] {
  const stated = list(operation['security'] ?? document['security']);
  // No list and an empty one: anybody.
  if (stated.length === 0) return [{}];
  return stated.map((one) =>
    Object.fromEntries(Object.entries(part(one)).map(([name, scopes]) => [name, list(scopes).map(String)])),
  );
}

const suffices = (held: Credentials, needed: Credentials): boolean =>
  Object.entries(needed).every(([name, scopes]) => {
    const own = held[name];
    return own !== undefined && scopes.every((scope) => own.includes(scope));
  });

const shown = (held: Credentials): string =>
  Object.entries(held)
    .map(([name, scopes]) => [name, ...scopes].join(' '))
    .join(' with ') || 'a call without credentials';

/** Schemes under a known name that ask for something else. A renamed one shows where it is used. */
export function schemeBreaks({ before, after }: Comparison): Break[] {
  const schemesOf = (document: Part): Part => part(part(document['components'])['securitySchemes']);
  const others = schemesOf(after.document);
  return Object.entries(schemesOf(before.document)).flatMap(([name, scheme]) => {
    if (!(name in others)) return [];
    const [old, present] = [before.resolve(scheme), after.resolve(others[name])];
    return ['type', 'scheme', 'in', 'name', 'openIdConnectUrl', 'flows']
      .filter((keyword) => before.expanded(old[keyword]) !== after.expanded(present[keyword]))
      .map((keyword) => ({
        rule: 'request-security-scheme-changed',
        where: `securitySchemes ${name}`,
        text: `${keyword} differs`,
      }));
  });
}
