import type { Mutant } from '../../mutant.ts';

const containers = ['test/deployment/compose.spec.ts'];
const packages = ['tools/packages/packages.spec.ts'];

/** Containers of deploy/compose.yaml, and what is said of the packages in the image. */
export const deploymentMutants: readonly Mutant[] = [
  {
    title: 'containers may gain privileges',
    file: 'deploy/compose.yaml',
    find: "security_opt: ['no-new-privileges:true']",
    replace: 'security_opt: []',
    specs: containers,
  },
  {
    title: 'the service trusts every address in the network of its proxy',
    file: 'deploy/compose.yaml',
    find: 'TRUSTED_PROXY: 172.30.1.10/32',
    replace: 'TRUSTED_PROXY: 172.30.1.0/24',
    specs: containers,
  },
  {
    title: 'the database has a way out',
    file: 'deploy/compose.yaml',
    find: 'data:\n    internal: true',
    replace: 'data:\n    internal: false',
    specs: containers,
  },
  {
    title: 'the counters of the service stand outside the network of its containers',
    file: 'deploy/compose.yaml',
    find: 'data: { ipv4_address: 172.30.2.20 }',
    replace: 'data: { ipv4_address: 8.8.8.8 }',
    specs: containers,
  },
  {
    title: 'of two licences that both apply one allowed one is enough',
    file: 'tools/packages/licences.ts',
    find: 'holds &&= next;',
    replace: 'holds ||= next;',
    specs: packages,
  },
  {
    title: 'the bill of materials is without packages that are optional',
    file: 'tools/packages/locked-packages.ts',
    find: "path !== '' && dev !== true && !isRemoved(path))",
    replace: "path !== '' && dev !== true && !isRemoved(path) && entries[path]?.optional !== true)",
    specs: packages,
  },
];
