import type { Mutant } from '../../mutant.ts';

const budget = 'src/features/assistants/gateway/call-budget.ts';
const specs = ['test/journeys/visitor-addresses.spec.ts'];
const gatewaySpec = ['test/contracts/ai-gateway.spec.ts'];

/** What an address stands for whose visitors have many tokens. */
export const visitorAddressMutants: readonly Mutant[] = [
  {
    title: 'a visitor passes the block of an address',
    file: 'src/guards/block.guard.ts',
    find: 'if (caller !== undefined && caller.visitor === undefined) {',
    replace: 'if (caller !== undefined) {',
    specs,
    test: 'is blocked for them too',
  },
  {
    title: 'what a visitor does speaks against nobody who lasts',
    file: 'src/network/client-context.ts',
    find: 'userId: request.caller?.visitor === undefined ? (request.caller?.userId ?? null) : null,',
    replace: 'userId: request.caller?.userId ?? null,',
    specs,
    test: 'evidence',
  },
  {
    title: 'each visitor has a share of the connections',
    file: 'src/guards/concurrency.guard.ts',
    find: 'const account = sharerOf(request.caller);',
    replace: 'const account = request.caller.userId;',
    specs,
    test: 'share of the connections',
  },
  {
    title: 'one visitor spends what is for all',
    file: budget,
    find: "if (payer.kind !== 'visitor') return { daily, monthly };",
    replace: "if (payer.kind !== 'messenger') return { daily, monthly };",
    specs: gatewaySpec,
    test: 'a twentieth',
  },
  {
    title: 'the visitors of one address spend what is for all',
    file: budget,
    find: "...(payer.kind === 'visitor' ? this.sharesOfAddress(payer.address, periods) : []),",
    replace: '',
    specs: gatewaySpec,
    test: 'a twentieth',
  },
  {
    title: 'an address stands in the sums in clear',
    file: budget,
    find: "`address:${hmacSha256(key, address).toString('hex', 0, 16)}`",
    replace: '`address:${address}${String(key).slice(0, 0)}`',
    specs: gatewaySpec,
    test: 'a twentieth',
  },
  {
    title: 'visitors spend all that an agent may cost',
    file: budget,
    find: 'dailyCap === null ? null : Math.floor(dailyCap * modelCallPolicy.visitorsShare)',
    replace: 'dailyCap',
    specs: gatewaySpec,
    test: 'leaves three quarters',
  },
];
