import type { Mutant } from '../mutant.ts';

const shelf = ['test/journeys/generation-shelf.spec.ts'];
const owned = "      .where('user_id', '=', caller.userId)\n";
const generations = 'src/features/generations/orders/generations.repository.ts';
const projects = 'src/features/projects/projects.repository.ts';

export const generationMutants: readonly Mutant[] = [
  {
    title: 'somebody else calls a generation a favorite',
    file: generations,
    find: `.set({ favorite })\n      .where('id', '=', id)\n${owned}`,
    replace: ".set({ favorite })\n      .where('id', '=', id)\n",
    specs: shelf,
  },
  {
    title: 'somebody else removes a generation',
    file: generations,
    find: `      .where('id', '=', id)\n${owned}      .forUpdate()`,
    replace: "      .where('id', '=', id)\n      .forUpdate()",
    specs: shelf,
  },
  {
    title: 'somebody else reads a generation',
    file: generations,
    find: `      .where('generations.id', '=', id)\n${owned}`,
    replace: "      .where('generations.id', '=', id)\n",
    specs: shelf,
  },
  {
    title: 'somebody else cancels a generation',
    file: 'src/features/generations/jobs/endings.repository.ts',
    find: owned,
    replace: '',
    specs: shelf,
  },
  {
    title: 'somebody else changes a project',
    file: projects,
    find: `      .where('id', '=', id)\n${owned}      .returning`,
    replace: "      .where('id', '=', id)\n      .returning",
    specs: ['test/journeys/projects.spec.ts'],
  },
  {
    title: 'somebody else removes a project',
    file: projects,
    find: `.deleteFrom('projects')\n      .where('id', '=', id)\n${owned}`,
    replace: ".deleteFrom('projects')\n      .where('id', '=', id)\n",
    specs: ['test/journeys/projects.spec.ts'],
  },
  {
    title: 'somebody else reads a stored file',
    file: 'src/features/storage/files.repository.ts',
    find: `      .where('id', '=', id)\n${owned}`,
    replace: "      .where('id', '=', id)\n",
    specs: ['test/journeys/storage-files.spec.ts'],
  },
  {
    title: 'an event stream outlives the expiry of its token',
    file: 'src/features/generations/events/generation-events.ts',
    find: 'if (this.clock.now() >= caller.expiresAt * 1000) return false;',
    replace: '',
    specs: ['test/journeys/stream-ends.spec.ts'],
  },
  {
    title: 'an event stream outlives the revocation of its token',
    file: 'src/features/generations/events/generation-events.ts',
    find: 'const revoked = this.revocations.isRevoked(claimsOf(caller));',
    replace: 'const revoked = claimsOf(caller).jti === this.clock.now().toString();',
    specs: ['test/journeys/stream-ends.spec.ts'],
  },
  {
    title: 'the key of a request may be taken over while it is accepted',
    file: 'src/features/generations/orders/acceptance.repository.ts',
    find: 'answer is null for update`',
    replace: 'answer is null`',
    specs: ['test/journeys/idempotency.spec.ts'],
    test: 'holds its key while it is accepted',
  },
  {
    title: 'the kill switch does not wait for what has passed its gate',
    file: 'src/features/ai-switch/ai-switch.repository.ts',
    find: 'lock table velro.ai_gate in exclusive mode',
    replace: 'select 1',
    specs: ['test/journeys/generation-edges.spec.ts'],
  },
  {
    title: 'a switched off provider is handed what waits',
    file: 'src/features/generations/jobs/jobs.repository.ts',
    find: ' and (select enabled from switch)',
    replace: '',
    specs: ['test/journeys/ai-switch.spec.ts'],
    test: 'keeps generations accepted before',
  },
  {
    title: 'a generation is accepted without the credits for it',
    file: 'src/features/generations/orders/acceptance.repository.ts',
    find: ' and credits_balance >= ${cost}',
    replace: '',
    specs: ['test/journeys/generation.spec.ts'],
  },
  {
    title: 'the link of a callback proves nothing',
    file: 'src/features/generations/jobs/callback-links.ts',
    find: 'equalInConstantTime(proof, sign(key, id))',
    replace: 'equalInConstantTime(sign(key, id), sign(key, id))',
    specs: ['test/journeys/provider-callbacks.spec.ts'],
  },
  {
    title: 'a signed callback of any age is accepted',
    file: 'src/features/generations/callbacks/callbacks.service.ts',
    find: '<= callbackPolicy.windowSeconds',
    replace: '<= callbackPolicy.windowSeconds * 1000',
    specs: ['test/journeys/provider-callbacks.spec.ts'],
  },
  {
    title: 'the signature of the provider does not cover the body',
    file: 'src/adapters/fal/fal-signatures.ts',
    find: "sha256(body).toString('hex')",
    replace: "sha256(Buffer.from(body).subarray(0, 0)).toString('hex')",
    specs: ['test/contracts/fal-signatures.spec.ts'],
    cheap: true,
  },
];
