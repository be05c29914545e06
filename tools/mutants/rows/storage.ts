import type { Mutant } from '../mutant.ts';

const answers = 'src/adapters/supabase/storage-answers.ts';
const supabaseSpec = ['test/contracts/supabase-storage.spec.ts'];
const hostedSpec = ['test/journeys/hosted-storage.spec.ts'];

const verifyFiles = 'src/cli/storage-verify/verify-files.ts';
const verifySpec = ['src/cli/storage-verify/verify-storage.spec.ts'];
const verifyJourney = ['test/journeys/storage-verify.spec.ts'];

const monitor = 'src/adapters/storage/store-monitor.ts';
const monitorSpec = ['src/adapters/storage/store-monitor.spec.ts'];
const monitoredSpec = ['src/adapters/storage/monitored-storage.spec.ts'];
const fullJourney = ['test/journeys/full-storage.spec.ts'];

export const storageMutants: readonly Mutant[] = [
  {
    title: 'a restore and a change of administrators wait for each other',
    file: 'src/database/advisory-locks.ts',
    find: '  restore: 7_215_105,',
    replace: '  restore: 7_215_104,',
    specs: ['src/database/advisory-locks.spec.ts'],
    test: 'are distinct',
  },
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
  {
    title: 'a missing bucket passes for a missing object',
    file: answers,
    find: "error.message === 'Object not found'",
    replace: "error.message.endsWith('not found')",
    specs: supabaseSpec,
  },
  {
    title: 'every object of a folder that is away is missing',
    file: 'src/adapters/disk/disk-storage.ts',
    find: ' && (await isFolder(this.folder))',
    replace: '',
    specs: ['test/contracts/disk-storage.spec.ts'],
  },
  {
    title: 'an object with other bytes of the same number is verified',
    file: verifyFiles,
    find: 'found.sha256.equals(sha256) ?',
    replace: 'found.bytes > 0 ?',
    specs: verifyJourney,
    test: 'same number',
  },
  {
    title: 'a file that is deleted during the verification is a fault',
    file: verifyFiles,
    find: 'what !== null && (await isThere())',
    replace: 'what !== null',
    specs: verifySpec,
  },
  {
    title: 'the verification ends with the first page of files',
    file: verifyFiles,
    find: 'after = last.id;',
    replace: 'return;',
    specs: verifyJourney,
    test: 'one page holds',
  },
  {
    title: 'a storage that does not answer is asked about every file',
    file: 'src/cli/storage-verify/verification.ts',
    find: 'this.unanswered >= verificationPolicy.unansweredAtMost',
    replace: 'this.unanswered > 1e9',
    specs: verifyJourney,
    test: 'a few files',
  },
  {
    title: 'an object whose removal is pending is an orphan',
    file: 'src/cli/storage-verify/questions.ts',
    find: 'where r.object_key = k.key)',
    replace: 'where r.object_key is null)',
    specs: verifyJourney,
    test: 'about to be removed',
  },
  {
    title: 'an object that is removed after it was listed is an orphan',
    file: 'src/cli/storage-verify/verify-objects.ts',
    find: 'isThere === true',
    replace: 'isThere !== undefined',
    specs: verifySpec,
  },
  {
    title: 'an object that is being written is an orphan',
    file: 'src/features/storage/removal/orphans.ts',
    find: 'now - orphanedObjectsPolicy.ageSeconds * 1000',
    replace: 'now',
    specs: verifyJourney,
    test: 'about to be removed',
  },
  {
    title: 'a draft of an upload that goes on is removed',
    file: 'src/adapters/disk/atomic-files.ts',
    find: 'found.mtimeMs >= before.getTime()',
    replace: 'found.mtimeMs < 0',
    specs: ['test/contracts/disk-storage.spec.ts'],
  },
  {
    title: 'abandoned drafts stay where nothing is stored',
    file: 'src/features/storage/removal/storage-sweeps.ts',
    find: '[expired, orphaned, drafts, uploads, quarantined].map',
    replace: '[expired, orphaned, uploads, quarantined].map',
    specs: ['test/journeys/sweep-lease.spec.ts'],
    test: 'a running service',
  },
  {
    title: 'a service whose storage is full is healthy',
    file: 'src/features/health/health.service.ts',
    find: 'revocations && counters && storage,',
    replace: 'revocations && counters,',
    specs: fullJourney,
    test: 'whose folder is a file',
  },
  {
    title: 'a service whose storage is full is not ready',
    file: 'src/features/health/health.presenter.ts',
    find: 'writes && revocations && !isStopping',
    replace: 'writes && revocations && storage && !isStopping',
    specs: fullJourney,
    test: 'whose folder is a file',
  },
  {
    title: 'each refusal of the storage is told',
    file: monitor,
    find: 'if (up === this.up) return;',
    replace: '',
    specs: monitorSpec,
  },
  {
    title: 'a storage that refuses nothing is tried out',
    file: monitor,
    find: 'this.isRefusing && !this.hasAccepted',
    replace: '!this.hasAccepted',
    specs: monitorSpec,
  },
  {
    title: 'a trial outweighs an object that was refused meanwhile',
    file: monitor,
    find: 'if (this.refusals !== refusals) return;',
    replace: '',
    specs: monitorSpec,
  },
  {
    title: 'a storage without room is up until it refuses an object',
    file: monitor,
    find: '!(await this.trials.hasRoom())',
    replace: '(await this.trials.hasRoom()) === null',
    specs: monitorSpec,
  },
  {
    title: 'one object that is too large makes the storage down',
    file: 'src/adapters/storage/monitored-storage.ts',
    find: ' && !(error instanceof ObjectRefused)',
    replace: '',
    specs: monitoredSpec,
  },
  {
    title: 'a stream that stands still makes the storage down',
    file: 'src/adapters/storage/transfer.ts',
    find: 'if (this.isReading) this.failure = error;',
    replace: '',
    specs: monitoredSpec,
  },
  {
    title: 'the error of a stream is told as one of the storage',
    file: 'src/adapters/storage/transfer.ts',
    find: 'this.failure = toError(error);',
    replace: 'toError(error);',
    specs: monitoredSpec,
  },
  {
    title: 'an upload on a full disk is an internal error',
    file: 'src/adapters/disk/disk-storage.ts',
    find: "transfer.fault ?? new StorageUnavailable('the object was not stored', { cause })",
    replace: 'cause',
    specs: fullJourney,
    test: 'whose folder is a file',
  },
];
