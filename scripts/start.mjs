// Builds what is stale, then becomes the service, or the command named by the first argument, in this same process.
import { build } from './build.mjs';

const command = process.argv[2] && !process.argv[2].startsWith('-') ? process.argv[2] : null;
await build();
if (command === null) await import('../dist/src/main.js');
else await import(`../dist/src/cli/${command}.js`);
