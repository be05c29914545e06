import type { Mutant } from '../mutant.ts';

const blockList = 'src/threats/block-list.ts';
const blockListSpec = ['src/threats/block-list.spec.ts'];
const throttle = 'src/observability/event-throttle.ts';
const throttleSpec = ['src/observability/event-throttle.spec.ts'];
const reach = 'src/features/security/blocks/block-reach.ts';
const teamSpec = ['test/journeys/security-team.spec.ts'];
const access = 'src/perimeter/hooks/access-log.hook.ts';
const accessSpec = ['test/perimeter/access-log.spec.ts'];

/** Blocks, what is written of events, and the scores that instances share. */
export const threatMutants: readonly Mutant[] = [
  {
    title: 'every notification of blocks loads the whole list',
    file: blockList,
    find: 'if (this.snapshot !== null) this.snapshot = isCut ? null : now;',
    replace: 'this.snapshot = null;',
    specs: blockListSpec,
  },
  {
    title: 'automatic blocks push out those of administrators',
    file: 'src/threats/held-blocks.ts',
    find: 'return madeBy === null ? this.automatic : this.manual;',
    replace: 'return madeBy === null ? this.automatic : this.automatic;',
    specs: blockListSpec,
  },
  {
    title: 'an admin blocks the address of a super_admin',
    file: reach,
    find: "if (roles.some((target) => !mayManage(role, target))) throw new Problem('forbidden');",
    replace: '',
    specs: teamSpec,
    test: 'signs in from',
  },
  {
    title: 'an admin lifts the block of a super_admin',
    file: reach,
    find: "if (person !== null && !mayManage(actor.role, person.role)) throw new Problem('forbidden');",
    replace: '',
    specs: teamSpec,
    test: 'that a super_admin made',
  },
  {
    title: 'each of a thousand equal events is written',
    file: throttle,
    find: 'if (entry !== undefined && now - entry.since < quietMs) {',
    replace: 'if (entry !== undefined && now < entry.since) {',
    specs: throttleSpec,
  },
  {
    title: 'what was suppressed is not written when nothing follows',
    file: throttle,
    find: 'if (suppressed === 0) this.entries.delete(key);',
    replace: 'if (suppressed >= 0) this.entries.delete(key);',
    specs: throttleSpec,
  },
  {
    title: 'LOW events use up the lines of HIGH ones',
    file: throttle,
    find: 'return (isMajor ? this.major : this.minor).admit(event, now);',
    replace: 'return (isMajor ? this.minor : this.minor).admit(event, now);',
    specs: throttleSpec,
  },
  {
    title: 'an address that varies its events writes any number of lines',
    file: throttle,
    find: "return subject === '' || (this.subjects.get(subject) ?? 0) < perSubject;",
    replace: 'return subject.length >= 0;',
    specs: throttleSpec,
  },
  {
    title: 'LOW events drop HIGH ones that wait for the database',
    file: 'src/features/security/events/event-buffer.ts',
    find: '(this.bounds.isMajor(item) ? this.major : this.others).push(item)',
    replace: '(this.bounds.isMajor(item) ? this.others : this.others).push(item)',
    specs: ['src/features/security/events/event-buffer.spec.ts'],
  },
  {
    title: 'a silent LOG_LEVEL drops the access lines',
    file: 'src/observability/access-log.ts',
    find: "if (text !== '') this.log.writeLines(text);",
    replace: "if (text !== '') this.log.info(text);",
    specs: accessSpec,
    test: 'one line of',
  },
  {
    title: 'an access line has no details while a level is MEDIUM',
    file: access,
    find: "const isDetailed = level !== 'LOW' &&",
    replace: "const isDetailed = level === 'CRITICAL' &&",
    specs: accessSpec,
    test: 'detailed while',
  },
  {
    title: 'a detailed access line shows a token that a header holds',
    file: access,
    find: 'shorten(redactWithin(value, accessLogPolicy.headerCharacters))',
    replace: 'value',
    specs: accessSpec,
    test: 'detailed while',
  },
  {
    title: 'LOG_FILE stays the renamed file after SIGHUP',
    file: 'src/observability/log-file.ts',
    find: 'this.stream = open(this.path);\n    former.end();',
    replace: 'this.stream = former;',
    specs: accessSpec,
    test: 'SIGHUP',
  },
  {
    title: 'an invalid traceparent names the trace',
    file: 'src/network/trace-id.ts',
    find: "(version === '00' && more !== undefined)",
    replace: "(version === '' && more !== undefined)",
    specs: ['src/network/trace-id.spec.ts'],
  },
  {
    title: 'each instance has scores of its own',
    file: 'src/threats/shared-threats.ts',
    find: 'if (own !== undefined && this.merge(sum, own)) risen.push(sum.subject);',
    replace: '',
    specs: ['test/faults/shared-scores.spec.ts'],
  },
  {
    title: 'a level that rose on one instance is not told to the others',
    file: 'src/threats/shared-threats.ts',
    find: 'if (risen.length > 0) await this.scores.announce(risen);',
    replace: '',
    specs: ['test/faults/shared-scores.spec.ts'],
    test: 'tell each other',
  },
  {
    title: 'a level that decays below its threshold and comes back is told again each time',
    file: 'src/threats/score.ts',
    find: 'const kept = levelOfPoints(this.hard.total / leftBelow, this.soft.total / leftBelow);',
    replace: 'const kept = levelOfPoints(this.hard.total, this.soft.total);',
    specs: ['src/threats/shared-threats.spec.ts'],
  },
  {
    title: 'a level that was reached once is never left',
    file: 'src/threats/score.ts',
    find: 'if (isHigher(this.reached, kept)) this.reached = kept;',
    replace: '',
    specs: ['src/threats/shared-threats.spec.ts'],
  },
  {
    title: 'evidence of several instances after the end of a block does not block again',
    file: 'src/threats/threat-watch.ts',
    find: 'const due = change.isNew ? change : this.persistent(change.subject);',
    replace: 'const due = change.isNew ? change : undefined;',
    specs: ['src/threats/shared-threats.spec.ts'],
  },
  {
    title: 'scores are lost while Redis is away',
    file: 'src/adapters/fallback-threat-scores.ts',
    find: 'return ask(this.database);',
    replace: 'throw error;',
    specs: ['test/contracts/threat-scores.spec.ts'],
    test: 'those of the database',
  },
  {
    title: 'a spray over many accounts goes unnoticed',
    file: 'src/threats/login-patterns.ts',
    find: 'if (tally.accounts.size < accountsOfOneSource) tally.accounts.add(account);',
    replace: 'if (tally.accounts.size < 1) tally.accounts.add(account);',
    specs: ['test/perimeter/login-patterns.spec.ts'],
    test: 'credential stuffing',
  },
  {
    title: 'an error answer is not counted by its code',
    file: 'src/errors/problem.filter.ts',
    find: 'this.metrics.countError(problem.code);',
    replace: '',
    specs: ['test/perimeter/metrics.spec.ts'],
    test: 'errors by code',
  },
];
