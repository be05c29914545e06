// Where requests go: each address that was right must stay so.
import { list, part, type Break, type Part } from './description.ts';
import type { Comparison } from './comparison.ts';

/** The servers of the innermost part that states any; without, the one that the description came from. */
const serversOf = (parts: readonly Part[]): Part[] => {
  const stated = parts.map(({ servers }) => list(servers)).findLast((servers) => servers.length > 0);
  return (stated ?? [{ url: '/' }]).map(part);
};

/** The released servers that are gone. `old` and `present`: what states servers, from the outside inwards. */
export function serverBreaks(old: readonly Part[], present: readonly Part[], where: string): Break[] {
  const others = serversOf(present);
  return serversOf(old)
    .filter((server) => !others.some((other) => isKept(server, other)))
    .map(({ url }) => ({ rule: 'server-removed', where, text: String(url) }));
}

/** Of an operation that has servers of its own or of its path; what changes for all is told once. */
export function operationServerBreaks(
  { before, after }: Comparison,
  old: readonly Part[],
  present: readonly Part[],
  where: string,
): Break[] {
  const isOwn = [...old, ...present].some(({ servers }) => list(servers).length > 0);
  return isOwn
    ? serverBreaks([before.document, ...old], [after.document, ...present], `${where} servers`)
    : [];
}

/** Variables of an address: the default stays, and no value goes. */
function isKept(server: Part, other: Part): boolean {
  if (server['url'] !== other['url']) return false;
  const variables = part(other['variables']);
  return Object.entries(part(server['variables'])).every(([name, variable]) => {
    const [some, present] = [part(variable), part(variables[name])];
    const allowed = present['enum'];
    return (
      some['default'] === present['default'] &&
      (!Array.isArray(allowed) ||
        (Array.isArray(some['enum']) && some['enum'].every((value) => allowed.includes(value))))
    );
  });
}
