import type { Mutant } from '../../mutant.ts';

const file = 'src/perimeter/http/caching.ts';
const specs = ['test/perimeter/caching.spec.ts'];

/** What may be kept of an answer. */
export const cachingMutants: readonly Mutant[] = [
  {
    title: 'who names the tag gets the whole answer again',
    file,
    find: "  if (!names(headers['if-none-match'], tag)) return payload;",
    replace: '  return payload;',
    specs,
  },
  {
    title: 'refusals have a tag',
    file,
    find: "if (reply.statusCode !== 200 || typeof payload !== 'string') return payload;",
    replace: "if (typeof payload !== 'string') return payload;",
    specs,
  },
  {
    title: 'CACHE_ENABLED=false leaves the tags',
    file,
    find: "    reply.removeHeader('etag').removeHeader('last-modified');",
    replace: '',
    specs,
  },
];
