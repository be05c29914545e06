import { setFlagsFromString } from 'node:v8';

// Once a burst of tokens is verified, V8 takes what every request allocates for long-lived and puts it where collecting is
// dear: the service then answers half as many requests a second, for good (`npm run bench` would show it).
setFlagsFromString('--no-allocation-site-pretenuring');

// A start runs thousands of functions some hundred times and then never again: by V8's own counts (400, then 3000 calls) it spends an
// eighth of its processor time optimizing them. Once it listens they are V8's own again (optimizing.ts).
setFlagsFromString('--invocation-count-for-maglev=4000');
setFlagsFromString('--invocation-count-for-turbofan=20000');
