import type * as Described from './described-answers.js';

/** Node's own loader. Jest evaluates every module anew for each spec; this one does so once for all specs of a process. */
const load = process.getBuiltinModule('node:module').createRequire(import.meta.url);

/** The judge of answers of this process: schemas that it has compiled for one spec serve the next. */
export const describedAnswers = (): Described.DescribedAnswers =>
  (load('./described-answers.ts') as typeof Described).DescribedAnswers.shared();
