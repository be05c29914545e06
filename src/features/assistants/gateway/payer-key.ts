import type { Payer } from './ai-call.js';

/** Tells those apart who may ask for much. Visitors of one address are one: anybody may be many visitors. */
export function keyOfPayer(payer: Payer): string {
  switch (payer.kind) {
    case 'person':
      return `person:${payer.userId}`;
    case 'visitor':
      return `address:${payer.address}`;
    case 'messenger':
      return `messenger:${payer.pseudonym}`;
    case 'operator':
      return 'operator';
  }
}
