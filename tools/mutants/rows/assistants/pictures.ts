import type { Mutant } from '../../mutant.ts';

const gateway = 'src/features/assistants/gateway';
const specs = ['test/contracts/ai-pictures.spec.ts'];
const roomSpec = [`${gateway}/pictures/byte-room.spec.ts`];

/** The pictures that a question shows, and the memory that they take. */
export const questionPictureMutants: readonly Mutant[] = [
  {
    title: 'the pictures of a question are read before its call is reserved',
    file: `${gateway}/ai-gateway.service.ts`,
    find: 'const held = await this.reservations.reserve(call, model);',
    replace: 'await call.pictures?.load();\n    const held = await this.reservations.reserve(call, model);',
    specs,
  },
  {
    title: 'a call that is not made keeps the room of its pictures',
    file: `${gateway}/pictures/call-pictures.ts`,
    find: 'loading.then(close, close);',
    replace: '',
    specs,
  },
  {
    title: 'an answer keeps the room of its pictures',
    file: `${gateway}/ai-gateway.service.ts`,
    find: '        close();\n        this.onEnd(',
    replace: '        this.onEnd(',
    specs,
  },
  {
    title: 'pictures are not part of what a call is held at',
    file: `${gateway}/call-price.ts`,
    find: ' + pictures * (price.pictureTokens ?? imageTokens.most)',
    replace: '',
    specs,
  },
  {
    title: 'one person fills the memory for pictures',
    file: `${gateway}/pictures/byte-room.ts`,
    find: 'return (this.heldBy.get(who) ?? 0) + bytes <= this.limits.bytesOfOne;',
    replace: 'return bytes <= this.limits.bytesOfOne;',
    specs: roomSpec,
  },
  {
    title: 'small pictures pass the large ones that wait',
    file: `${gateway}/pictures/byte-room.ts`,
    find: 'if (!this.fits(wait.who, wait.bytes)) return;',
    replace: 'if (!this.fits(wait.who, wait.bytes)) { place++; continue; }',
    specs: roomSpec,
  },
];
