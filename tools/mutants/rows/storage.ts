import type { Mutant } from '../mutant.ts';

const answers = 'src/adapters/supabase/storage-answers.ts';
const supabaseSpec = ['test/contracts/supabase-storage.spec.ts'];
const hostedSpec = ['test/journeys/hosted-storage.spec.ts'];

export const storageMutants: readonly Mutant[] = [
  {
    title: 'a page of generations asks for the links of each generation',
    file: 'src/features/generations/orders/generations.controller.ts',
    find: 'await this.links.signLists(page.items.map((generation) => generation.media))',
    replace: 'await Promise.all(page.items.map((generation) => this.links.sign(generation.media)))',
    specs: hostedSpec,
  },
  {
    title: 'a link is of the object that stands at its place in the answer',
    file: answers,
    find: 'entries.get(key) ?? {}',
    replace: 'answer[keys.indexOf(key)] ?? {}',
    specs: supabaseSpec,
  },
  {
    title: 'a link of another object is given out',
    file: answers,
    find: 'signedUrl?.startsWith(`${url}?`) !== true',
    replace: 'signedUrl === null',
    specs: supabaseSpec,
  },
  {
    title: 'one missing object hides its page',
    file: answers,
    find: "typeof error === 'string'",
    replace: 'error === undefined',
    specs: hostedSpec,
  },
  {
    title: 'a generation is submitted with the link of a missing image',
    file: 'src/features/generations/jobs/submitter.ts',
    find: 'link?.isSigned !== true',
    replace: 'link === undefined',
    specs: hostedSpec,
  },
];
